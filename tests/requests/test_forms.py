"""What all forms of requests promise: errors in the order of the page, words without tricks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.context import Context
from portal.feeds.load import load
from portal.requests.free_text import tidy_words
from portal.requests.lifecycle import move
from portal.requests.models import Submission
from portal.rules.transitions import Cause, Event
from tests.requests.asking import ask
from tests.requests.parents import (
    ADDRESS,
    REVIEW,
    Parents,
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


SIGNS = [OVERRIDE, "\u202d", ISOLATE, END, ZERO_WIDTH, "\ufeff", "\x07", "\U000e0041"]


def type_in_review(payor: Page, words: str) -> Seen:
    begin_review(payor)
    payor.get(f"{REVIEW}/grounds")
    return payor.submit("/grounds", grounds=["other"], words=words)


def type_in_question(payor: Page, words: str) -> Seen:
    return ask(payor, words)


def type_in_closing_answer(payor: Page, words: str) -> Seen:
    links = payor.get("/cases").links()
    payor.get(next(href for name, href in links.items() if name.startswith("Answer this letter")))
    return payor.submit(words=words)


def type_in_more(payor: Page, words: str) -> Seen:
    context = context_of(payor)
    begin_review(payor)
    number = send_review(payor)
    with context.database.transaction() as session:
        sent, now = session.query(Submission).one(), context.now()
        move(session, context.sealer, sent, Event.MORE_INFORMATION_ASKED, Cause.AGENCY, now)
    payor.get(f"/requests/{number}/more-information")
    return payor.submit("/more-information", words=words, button="action=send")


WAYS: dict[str, tuple[Callable[[Page, str], Seen], str | None]] = {
    "submitted administrative_review": (type_in_review, f"{REVIEW}/check"),
    "submitted question": (type_in_question, "/requests/question/check"),
    "submitted closing_response": (type_in_closing_answer, "/requests/closing-response/check"),
    "information_given administrative_review": (type_in_more, None),
}
"""By what the agency is told: how words are typed, and where they are sent if not there."""


@pytest.fixture
def asked_to_answer(context: Context, parents: Parents, tmp_path: Path) -> None:
    """The payor has a closing notice too."""
    parents.family.builder.notice("C1", "P", "case_closure", "2026-11-02", subject="Closing")
    load(context, parents.family.builder.write(tmp_path / "next", sequence=2))


@pytest.mark.usefixtures("asked_to_answer")
@pytest.mark.parametrize("way", WAYS)
def test_words_are_rid_of_what_makes_them_read_otherwise(payor: Page, way: str) -> None:
    """INJ-2: who reads a request must see what was sent, in the order it was sent."""
    type_in, check = WAYS[way]
    type_in(payor, f"I owe {''.join(SIGNS)}005 dollars\r\nNot more.")
    if check:
        payor.get(check)
        seen = payor.submit("/check")
        seen = payor.get(seen.path.removesuffix("/receipt"))
        assert "I owe 005 dollars" in seen.words
        assert not [sign for sign in SIGNS if sign in seen.text]
    told = [line for line in exported_of(payor) if way == f"{line['event']} {line['kind']}"]
    assert [line["fields"]["words"] for line in told] == ["I owe 005 dollars\nNot more."]


@pytest.mark.usefixtures("asked_to_answer")
@pytest.mark.parametrize("way", WAYS)
def test_words_have_an_end(payor: Page, way: str) -> None:
    """As long in one form as in the others; what was typed is kept."""
    seen = WAYS[way][0](payor, "x" * 4001)
    assert "Use 4,000 letters or fewer" in seen.errors
    assert "x" * 4001 in seen.text


def context_of(page: Page) -> Context:
    found: Context = page.app.extensions["portal"]
    return found


def exported_of(page: Page) -> list[dict[str, Any]]:
    return exported(context_of(page))


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
