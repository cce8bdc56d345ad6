"""The receipt, also when it is opened again later."""

from __future__ import annotations

from datetime import date

import pytest

from portal.context import Context
from portal.requests import words
from portal.requests.outcomes import OutcomeRow, apply_outcomes
from portal.rules.transitions import State
from tests.requests.parents import (
    Parents,
    file_review,
    send_address,
    sent_number,
    signed_in,
)
from tests.support.clock import Clock
from tests.support.page import Page


def test_a_receipt_opened_after_the_stay_ended_does_not_call_the_review_late(payor: Page) -> None:
    number = sent_number(file_review(payor))
    payor.get(f"/requests/{number}/withdrawal")
    payor.submit("/withdrawal")
    seen = payor.get(f"/requests/{number}/receipt")
    assert "after the last day" not in seen.words
    assert "no longer paused" in seen.words


def test_a_receipt_says_what_the_page_will_say_when_the_change_is_made(payor: Page) -> None:
    seen = payor.get(f"/requests/{send_address(payor)}/receipt")
    assert f"“{words.STATES[State.APPLIED]}”" in seen.words


def _sent(page: Page, kind: str) -> str:
    return sent_number(file_review(page)) if kind == "review" else send_address(page)


@pytest.mark.parametrize("kind", ["review", "address"])
def test_after_taking_it_back_no_answer_is_promised(payor: Page, kind: str) -> None:
    number = _sent(payor, kind)
    payor.get(f"/requests/{number}/withdrawal")
    payor.submit("/withdrawal")
    for path in (f"/requests/{number}", f"/requests/{number}/receipt"):
        words = payor.get(path).words
        assert "We decide by" not in words
        assert "makes the change by" not in words
        assert "Decision by" not in words
        assert "Done by" not in words
        assert "Answer by" not in words
        assert "your caseworker team" not in words
        assert "Taken back by you" in words


def test_after_a_decision_the_receipt_names_it_and_promises_no_other(
    payor: Page, context: Context
) -> None:
    number = sent_number(file_review(payor))
    row = OutcomeRow(number, "granted", date(2026, 11, 22), None, None, 2)
    with context.database.transaction() as session:
        assert apply_outcomes(session, context.sealer, [row], context.now()) == []
    seen = payor.get(f"/requests/{number}/receipt")
    assert "We decide by" not in seen.words
    assert "Decision by" not in seen.words
    assert "Decided" in seen.words


@pytest.mark.parametrize(("kind", "days"), [("review", 30), ("address", 10)])
def test_a_late_answer_is_called_late_with_a_number_to_call(
    payor: Page, parents: Parents, context: Context, clock: Clock, kind: str, days: int
) -> None:
    number = _sent(payor, kind)
    paths = ("/requests", f"/requests/{number}", f"/requests/{number}/receipt")
    late = "This decision is late" if kind == "review" else "This change is late"
    phone = context.agency.contact.call_us[0]
    for more, is_late in ((days, False), (1, True)):
        clock.forward(days=more)
        signed_in(payor, parents.payor)
        for path in paths:
            words = payor.get(path).words
            assert (late in words) is is_late, path
            if path != "/requests":
                assert (f"call us at {phone}" in words) is is_late, path
                assert ("We decide by" in words or "makes the change by" in words) is (
                    not is_late and path.endswith("/receipt")
                ), path
