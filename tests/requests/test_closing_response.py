"""A parent answers a closing notice: once, in time, and the agency gets it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.context import Context
from portal.feeds.load import load
from portal.requests.lifecycle import IllegalTransition, move
from portal.requests.models import Submission
from portal.rules.transitions import Cause, Event
from portal.security.permissions import StaffRole
from tests.requests.parents import Parents, exported, file_review, load_parents, photo, signed_in
from tests.support.accounts import mails
from tests.support.clock import Clock
from tests.support.letters import sent_letter
from tests.support.page import Page, Seen
from tests.support.staff import make_staff

TITLE = "We plan to close your case"
STEPS = "/requests/closing-response"
LAST_DAY = date(2027, 1, 21)


@pytest.fixture
def parents(context: Context, tmp_path: Path) -> Parents:
    return load_parents(context, tmp_path)


@pytest.fixture
def letter(app: Flask, context: Context, parents: Parents) -> str:
    return closing(app, context)


def closing(app: Flask, context: Context, **changes: Any) -> str:
    """A closing notice to the custodial parent of case C1; its id."""
    values: dict[str, Any] = {
        "kind": "case_closure", "participant_id": "A", "case_id": "C1", "respond_by": LAST_DAY,
        "title": TITLE, "table": None, "rights": (),
    }  # fmt: skip
    worker = make_staff(context, StaffRole.CASEWORKER, email=f"{len(changes)}@agency.example")
    return sent_letter(app, context, worker, **{**values, **changes})


def open_letter(page: Page, title: str = TITLE) -> Seen:
    letters = page.get(page.get("/cases").path + "/letters")
    return page.get(letters.links()[title])


def link_of(seen: Seen, label: str) -> str:
    return next(href for name, href in seen.links().items() if name.startswith(label))


def begin(page: Page, words: str = "I moved, and sent you the form.") -> Seen:
    page.get(open_letter(page).links()["Answer this letter"])
    return page.submit(words=words)


def test_a_closing_notice_is_answered(
    context: Context, page: Page, parents: Parents, letter: str
) -> None:
    signed_in(page, parents.marked)
    assert "Last day to answer January 21, 2027 (60 days left)" in open_letter(page).words
    seen = begin(page)
    assert seen.h1 == "Papers and photos"
    page.post(f"{STEPS}/evidence", {"file": (io.BytesIO(photo()), "form.jpg"), "action": "add"})
    seen = page.get(f"{STEPS}/check")
    assert "I moved, and sent you the form." in seen.words
    assert "form.jpg" in seen.words
    seen = page.submit("/check")
    assert seen.h1 == "We have your answer"
    assert "Answer by December 2, 2026" in seen.words
    number = seen.path.split("/")[-2]
    own = page.get(f"/requests/{number}").words
    assert "Closing notice dated November 22, 2026" in own
    assert "I moved, and sent you the form." in own
    assert f"The number of your answer: {number}" in open_letter(page).words
    assert len(mails(context, "request_received")) == 1


def test_the_export_carries_the_answer(
    context: Context, page: Page, parents: Parents, letter: str
) -> None:
    signed_in(page, parents.marked)
    begin(page)
    page.get(f"{STEPS}/check")
    page.submit("/check")
    (line,) = [it for it in exported(context) if it["submission"]]
    assert (line["event"], line["kind"], line["case"]) == ("submitted", "closing_response", "C1")
    assert line["participant"] == "A"
    assert line["fields"]["words"] == "I moved, and sent you the form."
    assert line["fields"]["notice_dated_on"] == "2026-11-22"


def test_it_is_filed_once(context: Context, page: Page, parents: Parents, letter: str) -> None:
    """CON-1: sent twice it is one; and a letter that was answered cannot be answered again."""
    signed_in(page, parents.marked)
    address = open_letter(page).links()["Answer this letter"]
    begin(page)
    seen = page.get(f"{STEPS}/check")
    draft = seen.document.query("input[name=draft]")[0].attrs["value"]
    first = page.post(f"{STEPS}/check", {"draft": draft})
    assert page.post(f"{STEPS}/check", {"draft": draft}).path == first.path
    assert page.get(address).h1 == TITLE
    with context.database.transaction(write=False) as session:
        assert len(session.scalars(select(Submission)).all()) == 1


def test_words_are_needed(page: Page, parents: Parents, letter: str) -> None:
    """ACL-5: no step can be skipped."""
    signed_in(page, parents.marked)
    assert "Tell us why your case should stay open" in begin(page, " ").errors
    for step in ("evidence", "check"):
        assert page.get(f"{STEPS}/{step}").path == "/requests"
    assert page.post(f"{STEPS}/check", {"draft": "0" * 32}).status == 404


def test_after_the_last_day_it_is_too_late(
    context: Context, page: Page, parents: Parents, letter: str, clock: Clock
) -> None:
    """To midnight of the last day, in the agency's time."""
    clock.set(datetime(2027, 1, 22, 4, 59, tzinfo=UTC))
    signed_in(page, parents.marked)
    begin(page)
    draft = page.get(f"{STEPS}/check").document.query("input[name=draft]")[0].attrs["value"]
    clock.set(datetime(2027, 1, 22, 5, 0, tzinfo=UTC))
    late = page.post(f"{STEPS}/check", {"draft": draft})
    assert late.status == 409
    assert "Answer this letter" not in open_letter(page).links()
    with context.database.transaction(write=False) as session:
        assert session.scalars(select(Submission)).all() == []


def test_only_the_addressee_answers(
    app: Flask, context: Context, page: Page, other_page: Page, parents: Parents, letter: str
) -> None:
    """ACL-1: the payor of the same case gets a 404; other letters are not answered this way."""
    signed_in(page, parents.marked)
    address = open_letter(page).links()["Answer this letter"]
    signed_in(other_page, parents.payor)
    assert other_page.get(address).status == 404
    assert other_page.post(address, {"words": "x"}).status == 404
    closing(app, context, kind="overpayment", title="Overpayment letter")
    seen = open_letter(page, "Overpayment letter")
    assert "Answer this letter" not in seen.links()
    token = seen.path.rsplit("/", 1)[-1]
    assert page.get(f"{STEPS}/letters/{token}").h1 == "Overpayment letter"


@pytest.mark.parametrize(
    ("event", "words"),
    [(Event.APPLIED, "The case stays open"), (Event.REFUSED, "The case still closes")],
)
def test_what_the_agency_does_with_it(
    context: Context, page: Page, parents: Parents, letter: str, event: Event, words: str
) -> None:
    """A response is not decided as a review is: the case stays open, or closes all the same."""
    signed_in(page, parents.marked)
    begin(page)
    page.get(f"{STEPS}/check")
    number = page.submit("/check").path.split("/")[-2]
    with context.database.transaction() as session:
        submission = session.scalars(select(Submission)).one()
        with pytest.raises(IllegalTransition):
            move(session, context.sealer, submission, Event.GRANTED, Cause.AGENCY, context.now())
        move(session, context.sealer, submission, event, Cause.AGENCY, context.now())
    assert words in page.get(f"/requests/{number}").words


@pytest.fixture
def of_record(context: Context, tmp_path: Path) -> Parents:
    """A closing notice of the agency's own record, to the custodial parent of case C1."""
    parents = load_parents(context, tmp_path)
    parents.family.builder.notice("C1", "A", "case_closure", "2026-11-02", subject="Closing notice")
    load(context, parents.family.builder.write(tmp_path / "next", sequence=2))
    return parents


def test_a_closing_notice_of_the_record_is_answered_too(
    context: Context, page: Page, other_page: Page, of_record: Parents
) -> None:
    """ACL-1, CON-1: by its addressee, once."""
    signed_in(page, of_record.marked)
    first = page.get("/cases")
    assert "Needs you" in first.words
    address = link_of(first, "Answer this letter")
    letter = open_letter(page, "Closing notice")
    assert letter.links()["Answer this letter"] == address
    other = signed_in(other_page, of_record.payor)
    assert other.get(address).status == 404
    assert other.post(address, {"words": "x"}).status == 404
    page.get(address)
    assert page.submit(words="I moved.").h1 == "Papers and photos"
    seen = page.get(f"{STEPS}/check")
    assert "Closing notice dated November 2, 2026, case C1" in seen.words
    assert page.get(link_of(seen, "Change")).path == address
    page.get(f"{STEPS}/check")
    number = page.submit("/check").path.split("/")[-2]
    (line,) = [it for it in exported(context) if it["submission"]]
    assert (line["kind"], line["case"]) == ("closing_response", "C1")
    assert line["fields"]["notice_dated_on"] == "2026-11-02"
    assert f"The number of your answer: {number}" in open_letter(page, "Closing notice").words
    assert page.get(address).h1 == "Closing notice"
    letters = page.get(page.get("/cases").path + "/letters").words
    assert "Closing notice you have answered it" in letters
    assert "Answer this letter" not in page.get("/cases").words


def test_a_closing_notice_of_the_record_is_answered_in_time(
    page: Page, of_record: Parents, clock: Clock
) -> None:
    """To midnight of the last day, in the agency's time: 60 days after November 2."""
    clock.set(datetime(2027, 1, 2, 4, 59, tzinfo=UTC))
    signed_in(page, of_record.marked)
    address = open_letter(page, "Closing notice").links()["Answer this letter"]
    page.get(address)
    page.submit(words="I moved.")
    page.get(f"{STEPS}/check")
    clock.set(datetime(2027, 1, 2, 5, 0, tzinfo=UTC))
    assert page.submit("/check").status == 409
    assert page.get(address).h1 == "Closing notice"
    assert "The last day to answer is over" in open_letter(page, "Closing notice").words


def test_other_letters_of_the_record_are_not_answered_so(page: Page, of_record: Parents) -> None:
    """ACL-1, ACL-5: nor is what never was."""
    signed_in(page, of_record.marked)
    seen = open_letter(page, "About your payments")
    case, letter = seen.path.split("/")[2], seen.path.split("/")[4]
    assert page.get(f"{STEPS}/{case}/letters/{letter}").path == seen.path
    assert page.get(f"{STEPS}/{case}/letters/{'A' * 43}").status == 404
    assert page.get(f"{STEPS}/{'A' * 43}/letters/{letter}").status == 404


def test_what_was_begun_is_found_again_and_can_be_thrown_away(
    page: Page, parents: Parents, letter: str
) -> None:
    signed_in(page, parents.marked)
    begin(page)
    seen = page.get("/requests")
    assert "Not sent yet: Answer to a closing notice" in seen.words
    assert page.get(link_of(seen, "Go on")).h1 == "Papers and photos"
    page.get("/requests")
    seen = page.submit("/closing-response/removal")
    assert "Not sent yet" not in seen.words
    assert page.get(f"{STEPS}/check").path == "/requests"


def test_no_days_are_counted_once_a_letter_is_answered(
    page: Page, parents: Parents, letter: str
) -> None:
    signed_in(page, parents.marked)
    begin(page)
    page.get(f"{STEPS}/check")
    page.submit("/check")
    letters = page.get(page.get("/cases").path + "/letters").words
    assert f"{TITLE} you have answered it" in letters


def test_a_late_request_is_called_late_on_the_first_page(
    page: Page, parents: Parents, clock: Clock
) -> None:
    signed_in(page, parents.payor)
    file_review(page)
    first = page.get("/cases").path
    assert "answer by" in page.get(first).words
    clock.forward(days=120)
    words = signed_in(Page(page.app), parents.payor).get(first).words
    assert "This decision is late" in words
    assert "answer by" not in words
    letters = signed_in(Page(page.app), parents.payor).get(f"{first}/letters").words
    assert "Notice of Child Support Delinquency you have answered it" in letters


def test_an_answer_that_was_taken_back_is_none(
    page: Page, parents: Parents, letter: str, clock: Clock
) -> None:
    """45 CFR 303.11(c): the letter can be answered again until its last day, and says so."""
    signed_in(page, parents.marked)
    begin(page)
    page.get(f"{STEPS}/check")
    number = page.submit("/check").path.split("/")[-2]
    page.get(f"/requests/{number}/withdrawal")
    page.submit("/withdrawal")
    assert "Taken back by you" in page.get(f"/requests/{number}").words
    seen = open_letter(page)
    assert "The number of your answer" not in seen.words
    assert "60 days left" in seen.words
    assert "you have answered it" not in page.get(page.get("/cases").path + "/letters").words
    begin(page, "Now with the form.")
    page.get(f"{STEPS}/check")
    again = page.submit("/check").path.split("/")[-2]
    assert again != number
    assert f"The number of your answer: {again}" in open_letter(page).words
