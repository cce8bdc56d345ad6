"""The page of one's own records."""

from __future__ import annotations

from tests.own_records.logs import add, records
from tests.support.page import Page


def test_an_empty_log_says_so(payor: Page) -> None:
    seen = payor.get(records(payor))
    assert seen.h1 == "Your own records"
    assert "You have not written down a payment yet." in seen.words


def test_a_payment_is_there_after_adding_it(payor: Page) -> None:
    seen = add(payor, "11/06/2026", "77.00", note="stub 12")
    print(seen.words)
    assert seen.h1 == "Your own records"
    assert "stub 12" in seen.words
