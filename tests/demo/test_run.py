"""`portal demo`: what it sets up does not harm what it serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ports import free_port

SCRIPT = """
import os, signal, sys
from portal.demo import run

def serve(bind, with_worker, app_factory):
    child = os.fork()
    if not child:
        signal.alarm(60)
        from portal.notices.letter_pdf import can_print
        os._exit(0 if can_print("a letter") else 1)
    print("served:", os.waitpid(child, 0)[1])

run.serve = serve
if __name__ == "__main__":
    run.run(3, 7, None, bind=sys.argv[1], fresh=True, serving=True)
"""


@pytest.mark.slow
def test_a_server_that_is_forked_after_setting_up_prints_letters(tmp_path: Path) -> None:
    """It hung for ever: threads of the printing do not live on in a forked process."""
    script = tmp_path / "demo.py"
    script.write_text(SCRIPT)
    root = Path(__file__).parents[2]
    settings = {"PYTHONPATH": str(root), "PORTAL_INSTANCE": str(tmp_path / "demo")}
    done = subprocess.run(
        [sys.executable, str(script), f"127.0.0.1:{free_port()}"],
        env={**os.environ, **settings}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "served: 0" in done.stdout
    assert "People to be" in done.stdout
