"""``portal audit``: plain lines, and a status other than zero on a finding."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from portal.audit.commands import audit
from portal.audit.seal import seal_events
from portal.context import Context
from tests.audit.trails import anchor_of, sealed_trail, tamper, write
from tests.support.keys import TEST_KEY


@pytest.fixture(autouse=True)
def environment(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_MODE", "test")
    monkeypatch.setenv("PORTAL_SECRET_KEYS", TEST_KEY)
    monkeypatch.setenv("PORTAL_INSTANCE", str(context.settings.instance))
    monkeypatch.setenv("PORTAL_CLOCK", context.now().isoformat())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(audit, arguments)


def test_a_whole_trail(context: Context) -> None:
    """AUD-2."""
    assert run("verify").output == "Nothing is sealed yet.\n"
    sealed_trail(context)
    write(context, 3)
    done = run("verify")
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "The trail is whole: 25 events in 3 batches, the last sealed 2026-11-22 15:00 UTC.",
        "Not sealed yet, being younger than the last batch: 3 events.",
    ]


def test_events_that_nobody_seals_are_told_of(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(context, 1)
    monkeypatch.setenv("PORTAL_CLOCK", "2026-11-22T17:00:00Z")
    assert "is portal worker running?" in run("verify").output


def test_a_finding_is_one_line_and_a_status_other_than_zero(context: Context) -> None:
    """AUD-2."""
    sealed_trail(context)
    tamper(context, "DELETE FROM audit_events WHERE id = 13")
    done = run("verify")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "Error: Batch 2 (events 11 to 20, sealed 2026-11-22 15:00 UTC): 1 of its events are missing."
    ]


def test_a_database_without_tables_is_one_line(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", f"sqlite:///{context.settings.instance}/other.db")
    done = run("verify")
    assert done.exit_code == 1
    assert len(done.output.splitlines()) == 1


def test_a_new_anchor_is_begun_only_by_hand_and_only_on_a_whole_trail(context: Context) -> None:
    """AUD-2: after a restore, or at a new place; the old file has to be moved away first."""
    sealed_trail(context)
    assert "already" in run("new-anchor").output
    anchor_of(context).unlink()
    assert run("verify").exit_code == 1
    done = run("new-anchor")
    assert done.exit_code == 0
    assert run("verify").output.startswith("The trail is whole: 26 events in 4 batches")
    write(context, 3)
    seal_events(context, context.now())
    assert len(anchor_of(context).read_text().splitlines()) == 2
    assert run("verify").exit_code == 0
    anchor_of(context).unlink()
    tamper(context, "DELETE FROM audit_events WHERE id = 13")
    assert run("new-anchor").exit_code == 1
    assert not anchor_of(context).exists()


def test_a_new_anchor_where_nothing_is_sealed_yet(context: Context) -> None:
    assert run("new-anchor").exit_code == 0
    assert run("verify").output.startswith("The trail is whole: 1 events in 1 batches")
