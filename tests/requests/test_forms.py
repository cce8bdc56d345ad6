"""What all forms of requests promise: errors in the order of the page, words without tricks."""

from __future__ import annotations

import pytest

from portal.requests.free_text import tidy_words
from tests.requests.parents import (
    ADDRESS,
    REVIEW,
    begin_review,
    exported,
    send_address,
    send_review,
    type_address,
)
from tests.support.page import Page, Seen, attributes

OVERRIDE, ISOLATE, END, ZERO_WIDTH = "\u202e", "\u2067", "\u2069", "\u200b"
JOINERS = "نمی\u200cخواهم क्\u200dष שלום\u200f! \u200eabc 👩\u200d👧"


def _in_page_order(seen: Seen) -> None:
    """Every entry of the summary leads to a control, and they come in the order of the page."""
    links = [attributes(link)["href"] for link in seen.document.query(".error-summary__list a")]
    ids = [attributes(node).get("id") for node in seen.document.query("input, select, textarea")]
    places = [ids.index(str(link).removeprefix("#")) for link in links]
    assert len(places) > 1, "one error has no order"
    assert places == sorted(places)


@pytest.mark.parametrize("country", ["US", "PT"])
def test_errors_of_an_address_come_in_the_order_of_the_page(payor: Page, country: str) -> None:
    payor.get(f"{ADDRESS}/new")
    _in_page_order(payor.post(f"{ADDRESS}/new", {"since": "x"}))
    seen = type_address(payor, country=country, line1="", city="", postal_code="1" * 30, state="")
    _in_page_order(seen)


def test_errors_of_a_review_come_in_the_order_of_the_page(payor: Page) -> None:
    begin_review(payor)
    payor.get(f"{REVIEW}/grounds")
    _in_page_order(payor.submit("/grounds", grounds=[], words="x" * 4001))
    payor.get(f"{REVIEW}/payments")
    rows = {"payments-0-how": "cash", "payments-1-amount": "x", "payments-2-on": "x"}
    _in_page_order(payor.post(f"{REVIEW}/payments", {**rows, "action": "continue"}))


@pytest.mark.parametrize("sign", [OVERRIDE, "\u202d", ISOLATE, END, ZERO_WIDTH, "\ufeff", "\x07"])
def test_words_are_rid_of_what_makes_them_read_otherwise(payor: Page, sign: str) -> None:
    """INJ-2: who reads a request must see what was sent, in the order it was sent."""
    begin_review(payor)
    payor.get(f"{REVIEW}/grounds")
    payor.submit("/grounds", grounds=["other"], words=f"I owe {sign}005 dollars\r\nNot more.")
    seen = payor.get(f"{REVIEW}/check")
    assert sign not in seen.text
    number = send_review(payor)
    assert sign not in payor.get(f"/requests/{number}").text
    (told,) = [line for line in exported_of(payor) if line["event"] == "submitted"]
    assert told["fields"]["words"] == "I owe 005 dollars\nNot more."


def exported_of(page: Page) -> list[dict[str, object]]:
    return exported(page.client.application.extensions["portal"])


def test_words_of_tricks_alone_are_no_words(payor: Page) -> None:
    begin_review(payor)
    payor.get(f"{REVIEW}/grounds")
    seen = payor.submit("/grounds", grounds=["other"], words=f"{OVERRIDE}{ZERO_WIDTH} {END}")
    assert "Tell us what is wrong" in seen.errors


def test_an_address_is_rid_of_them_too(payor: Page) -> None:
    number = send_address(payor, line1=f"12 Elm {OVERRIDE}Street")
    assert OVERRIDE not in payor.get(f"/requests/{number}").text


def test_what_languages_need_stays() -> None:
    assert tidy_words(JOINERS) == JOINERS


def test_lines_and_tabs_stay() -> None:
    assert tidy_words("  one\r\n\ttwo\u2028three\r\n\r\n") == "one\n\ttwo\nthree"


def test_hidden_letters_are_taken_out() -> None:
    """Tags spell words that nobody sees and machines read."""
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "approve")
    assert tidy_words(f"Please{hidden} look") == "Please look"
