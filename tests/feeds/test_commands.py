"""`portal feed`: what an operator types and sees."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.accounts.models import PinRequest
from portal.context import Context
from portal.feeds.commands import feed
from tests.support.extract import ExtractBuilder, two_households
from tests.support.keys import TEST_KEY


@pytest.fixture
def environ(context: Context) -> dict[str, str]:
    return {
        "PORTAL_MODE": "test",
        "PORTAL_SECRET_KEYS": TEST_KEY,
        "PORTAL_INSTANCE": str(context.settings.instance),
    }


def run(environ: dict[str, str], *words: object) -> Result:
    return CliRunner().invoke(feed, [str(word) for word in words], env=environ)


@pytest.mark.parametrize("name", ["check", "load", "status", "export"])
def test_each_command_has_help_with_an_example(name: str) -> None:
    done = CliRunner().invoke(feed, [name, "--help"])
    assert done.exit_code == 0
    assert f"Example: portal feed {name}" in " ".join(done.output.split())


def test_check_load_status_export(
    environ: dict[str, str], context: Context, tmp_path: Path
) -> None:
    folder = two_households().builder.write(tmp_path / "extract", sequence=12)
    checked = run(environ, "check", folder)
    assert checked.exit_code == 0
    assert "Sequence 12 can be loaded" in checked.stdout
    assert "No extract has been loaded" in run(environ, "status").stdout
    assert not list(context.database.folder.glob("record_12*"))
    loaded = run(environ, "load", folder)
    assert (loaded.exit_code, loaded.stdout.split(":")[0]) == (0, "Loaded sequence 12")
    assert "joining payments and allocations" in loaded.stderr, "log lines where no terminal is"
    assert "loaded already; nothing to do" in run(environ, "load", folder).stdout
    shown = run(environ, "status").stdout
    assert "record_12_" in shown
    assert "2026-11-20" in shown
    with context.database.transaction() as session:
        session.add(PinRequest(id="a" * 32, participant_id="P", at=context.now()))
    exported = run(environ, "export", "--after", 0, "--out", tmp_path / "out")
    assert exported.stdout.endswith("Next time: --after 1\n")


def test_an_error_is_one_plain_line_and_status_1(environ: dict[str, str], tmp_path: Path) -> None:
    builder = ExtractBuilder()
    builder.participant("P", last_name="")
    folder = builder.write(tmp_path / "extract")
    for words in (["load", folder], ["check", folder], ["load", tmp_path / "nowhere"]):
        done = run(environ, *words)
        assert done.exit_code == 1
        lines = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
        assert len(lines) == 1
        assert "Traceback" not in done.output
    assert "1 rows are rejected and at most 0 may be: see" in run(environ, "load", folder).stderr


def test_the_portal_command_itself(environ: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", "feed", "load", str(tmp_path / "nowhere")],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [f"Error: {tmp_path / 'nowhere'} is not there."]
