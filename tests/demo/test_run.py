"""The demo's first start: what it sets up leaves a process that can serve."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from portal.settings import PROJECT
from tests.support.ports import held_port

SET_UP = """
import os
from portal.demo.run import run
from portal.notices.letter_pdf import can_print

run(40, 1, None, bind="127.0.0.1:{port}", fresh=False, serving=False)
child = os.fork()
if not child:
    os._exit(0 if can_print("A letter") else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
FORK_AFTER = """
import os
from portal.notices.letter_pdf import ForkedAfterPrinting, can_print

assert can_print("A letter")
child = os.fork()
if not child:
    try:
        can_print("Another one")
    except ForkedAfterPrinting:
        os._exit(42)
    os._exit(1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

OTHER_VERSION = """
import os
from pathlib import Path
from portal import migrate
from portal.context import open_context
from portal.demo import set_up
from portal.demo.people import Demo, write_demo

instance, said = Path(os.environ["PORTAL_INSTANCE"]), []
assert not set_up.start_over_if_other_version(instance, "http://localhost:1", said.append)
database = open_context(set_up.demo_settings(instance, "http://localhost:1")).database
migrate.upgrade(database)
write_demo(instance, Demo(1, 1, "2026-11-20", ()))
assert not set_up.start_over_if_other_version(instance, "http://localhost:1", said.append)
migrate.downgrade(database, "0010")
assert said == []
assert set_up.start_over_if_other_version(instance, "http://localhost:1", said.append)
assert not instance.exists()
instance.mkdir()
write_demo(instance, Demo(1, 1, "2026-11-20", ()))  # no settings say that this is a demo's folder
assert not set_up.start_over_if_other_version(instance, "http://localhost:1", said.append)
assert [it.name for it in instance.iterdir()] == ["people.json"]
print(said)
"""


def run_script(script: str, instance: Path) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PORTAL_")}
    environ["PORTAL_INSTANCE"] = str(instance)
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_process_of_the_server_can_print_letters_after_the_first_start(tmp_path: Path) -> None:
    """The set-up of forty families sends letters; the processes that are forked to serve must be able to as well."""
    done = run_script(SET_UP.format(port=held_port()), tmp_path / "demo")
    assert done.returncode == 0, done.stderr
    assert "Sending in some requests" in done.stderr
    assert "People of the agency to be" in done.stdout


def test_a_demo_of_another_version_starts_over(tmp_path: Path) -> None:
    """Whoever fetches a newer version gets its demo, not one whose tables its pages cannot read."""
    done = run_script(OTHER_VERSION, tmp_path / "demo")
    assert done.returncode == 0, done.stderr
    assert "another version" in done.stdout


def test_a_child_of_a_process_that_printed_refuses_and_does_not_hang(tmp_path: Path) -> None:
    done = run_script(FORK_AFTER, tmp_path)
    assert done.returncode == 42, done.stderr
