"""The receipt, also when it is opened again later."""

from __future__ import annotations

from portal.requests import words
from portal.rules.transitions import State
from tests.requests.parents import file_review, send_address, sent_number
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
