"""Letters of the staff that promise something, as the agency's own system is told of them."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from portal import create_app
from portal.context import Context
from portal.feeds import give_positions as positions
from portal.feeds.export import export
from portal.security.permissions import StaffRole
from tests.feeds.test_export import ask_pin, lines
from tests.feeds.test_kills import end, forked
from tests.requests.parents import load_parents
from tests.staff.case_letters import choose
from tests.support.letters import sent_letter
from tests.support.page import Page
from tests.support.staff import make_staff, staff_at

CANARY = "CANARYWORDS of a caseworker"


def exported(context: Context, folder: Path, *, after: int = 0) -> list[dict[str, Any]]:
    export(context, folder, after=after)
    return lines(folder)


def test_a_closing_notice_tells_its_last_day(context: Context, page: Page, tmp_path: Path) -> None:
    """Each parent's letter is a line: the 60 days run in the agency's system too."""
    load_parents(context, tmp_path)
    staff_at(page, context, StaffRole.CASEWORKER)
    choose(page, "closing")
    page.submit(reason="no_cooperation", words=CANARY, button="action=look")
    page.submit(button="action=send")
    found = exported(context, tmp_path / "out")
    assert [line["participant"] for line in found] == ["A", "P"]
    for line in found:
        assert (line["event"], line["kind"], line["case"]) == ("letter_sent", "case_closure", "C1")
        assert line["submission"] is None
        assert line["fields"] == {
            "dated_on": "2026-11-22",
            "respond_by": "2027-01-21",
            "reason": "no_cooperation",
        }
    assert "CANARY" not in (tmp_path / "out" / "submissions.jsonl").read_text()


def test_an_overpayment_tells_what_is_taken_from_which_day_on(
    context: Context, page: Page, tmp_path: Path
) -> None:
    load_parents(context, tmp_path)
    staff_at(page, context, StaffRole.CASEWORKER)
    form = choose(page, "overpayment")
    payment = str(form.document.query("select[name=payment] option")[0].attrs["value"])
    page.submit(
        payment=payment, because="more_than_due", amount="40", each="10.00", since="12/18/2026",
        words=CANARY, button="action=look",
    )  # fmt: skip
    page.submit(button="action=send")
    (line,) = exported(context, tmp_path / "out")
    assert (line["event"], line["kind"], line["case"]) == ("letter_sent", "overpayment", "C1")
    assert line["participant"] == "A"
    fields = line["fields"]
    assert payment == f"{fields.pop('payment_id')}.{fields.pop('disbursement_id')}"
    assert fields == {
        "dated_on": "2026-11-22",
        "respond_by": "2026-12-22",
        "reason": "more_than_due",
        "amount": "40.00",
        "each": "10.00",
        "since": "2026-12-18",
    }
    assert "CANARY" not in (tmp_path / "out" / "submissions.jsonl").read_text()


def test_a_letter_that_promises_nothing_but_its_last_day(context: Context, tmp_path: Path) -> None:
    """Such as one that was sent before its figures were kept."""
    load_parents(context, tmp_path)
    app, worker = create_app(context=context), make_staff(context, StaffRole.CASEWORKER)
    sent_letter(app, context, worker, kind="case_closure", case_id="C1")
    sent_letter(app, context, worker, kind="case_closure", respond_by=None)
    days = [(line["case"], line["fields"]) for line in exported(context, tmp_path / "out")]
    both = {"dated_on": "2026-11-22", "respond_by": "2027-01-06"}
    assert sorted(days, key=str) == sorted(
        [("C1", both), (None, {**both, "respond_by": None})], key=str
    )


def test_fed_2_each_letter_once_in_order_though_killed(
    either: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between giving positions and the commit, no letter is lost and none goes twice. A
    letter about a request is told by its request's own event."""
    load_parents(either, tmp_path)
    app, worker = create_app(context=either), make_staff(either, StaffRole.CASEWORKER)
    several = {"kind": "overpayment", "case_id": "C1", "figures": {"amount": "40.00"}}
    for number in range(5):
        sent_letter(app, either, worker, once=f"C1:{number}", **several)
    sent_letter(app, either, worker, submission_id="0" * 32)
    ask_pin(either, "a" * 32)
    monkeypatch.setattr(positions, "BATCH", 2)

    def die_in_the_second_batch(mine: Context) -> None:
        real, given = positions._row, []

        def row(*args: Any) -> Any:
            given.append(args)
            if len(given) == 4:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args)

        monkeypatch.setattr(positions, "_row", row)
        positions.give_positions(mine)

    assert end(forked(either, die_in_the_second_batch)) == -signal.SIGKILL
    with either.database.transaction(write=False) as session:
        assert positions.last_position(session) == 2, "the first batch stays"
    found = exported(either, tmp_path / "out")
    assert [line["position"] for line in found] == [1, 2, 3, 4, 5, 6]
    assert [line["event"] for line in found].count("letter_sent") == 5
    assert all(
        line["fields"]["amount"] == "40.00" for line in found if line["event"] == "letter_sent"
    )
    assert exported(either, tmp_path / "again", after=6) == []
    written = (tmp_path / "out" / "submissions.jsonl").read_bytes()
    export(either, tmp_path / "same", after=0, upto=6)
    assert (tmp_path / "same" / "submissions.jsonl").read_bytes() == written
    assert json.loads(written.splitlines()[0])["position"] == 1
