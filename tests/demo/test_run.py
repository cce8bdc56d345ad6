"""`portal demo`: what it sets up does not harm what it serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.ports import free_port

SCRIPT = """
import os, signal, sys
from datetime import date
from portal.demo import run, set_up
from portal.demo.people import Demo

LETTER = {
    "title": "A letter", "agency": "Agency", "division": "Division", "lang": "en", "region": None,
    "year": 2026, "month": 11, "day": 22, "to": [], "facts": [], "rights": [], "call": ["Call us"],
    "paragraphs": [[f"Line {number}."] for number in range(200)], "table": None,
    "words": {"page": "Page {page} of {pages}", "rights": "Your rights", "call": "Questions"},
}

def print_one():
    from portal.notices.letter_pdf import make_pdf
    return make_pdf(LETTER, date(2026, 11, 22))

def fill(context, **how):
    print_one()
    return Demo(1, 1, "2026-11-22", ())

def serve(bind, with_worker, app_factory):
    child = os.fork()
    if not child:
        signal.alarm(60)
        os._exit(0 if print_one() else 1)
    print("served:", os.waitpid(child, 0)[1])

run.serve, set_up.fill = serve, fill
if __name__ == "__main__":
    run.run(1, 1, date(2026, 11, 22), bind=sys.argv[1], fresh=True, serving=True)
"""


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
