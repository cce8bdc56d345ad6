"""A question on the agency's side: found, read beside the record, answered in writing, once."""

from __future__ import annotations

import pypdfium2
import pytest
from flask import Flask

from portal.accounts.models import Account
from portal.context import Context
from portal.notices.letter_models import PortalLetter
from portal.requests.models import Submission
from portal.rules.vocabulary import RequestKind
from portal.staff.answer_question import KIND, answer_question
from portal.staff.figures import read_figures
from portal.staff.late import tell_of_late
from tests.requests.asking import send_question
from tests.requests.disputing import line_path
from tests.requests.parents import Parents, exported, signed_in
from tests.requests.test_dispute import choose, interest
from tests.staff.desk import desk, parents, sam
from tests.staff.on_requests import (
    Filed,
    caseworker,
    close_to,
    events,
    file_one,
    give,
    last_detail,
    lead,
    row_of,
    trail,
)
from tests.staff.test_request_payloads import PAYLOADS, TRACES
from tests.support.accounts import TestAccount, mails
from tests.support.clock import Clock
from tests.support.letters import BREAKS_THE_PRINTER
from tests.support.page import Page, Seen

__all__ = ["desk", "parents", "sam"]

ANSWER = "The interest of September is 0.5 percent.\n\nIt stops once the arrears are below $500."


@pytest.fixture
def payor(other_page: Page, parents: Parents) -> Page:
    return signed_in(other_page, parents.payor)


@pytest.fixture
def asked(context: Context, clock: Clock, payor: Page, sam: TestAccount) -> Filed:
    """A question about a line of the ledger, which the caseworker has."""
    choose(payor, line_path(context, clock, "P", "C1", interest), -1)
    number = send_question(payor)
    with context.database.session() as session:
        filed = Filed(number, session.query(Submission).filter_by(number=number).one().id)
    give(context, filed, sam)
    return filed


def path_of(filed: Filed, tail: str = "/answer") -> str:
    return f"/staff/requests/{filed.number}{tail}"


def answer(desk: Page, asked: Filed, words: str = ANSWER) -> Seen:
    desk.get(path_of(asked))
    return desk.submit("/answer", words=words)


def test_an_answer_that_breaks_the_printer_is_kept_and_not_sent(desk: Page, asked: Filed) -> None:
    """RAT-1."""
    seen = answer(desk, asked, BREAKS_THE_PRINTER)
    assert seen.status == 200
    assert "The letter cannot be printed with these words." in seen.errors
    assert BREAKS_THE_PRINTER in seen.words
    assert answer(desk, asked).path == path_of(asked, "")


def test_it_is_found_by_its_kind_and_read_beside_the_record(desk: Page, asked: Filed) -> None:
    assert asked.number in desk.get("/staff/queue?kind=question").words
    assert asked.number not in desk.get("/staff/queue?kind=administrative_review").words
    seen = desk.get(path_of(asked, ""))
    for words in (f"Question {asked.number}", "Why did the interest go up?",
                  "Interest of September 30, 2026: $6.10 $6.10 in our record $6.10 $0.00",
                  "Answer by December 2, 2026"):  # fmt: skip
        assert words in seen.words, words
    assert "Months in dispute" not in seen.words
    links = seen.links()
    assert links["Answer"] == path_of(asked)
    assert not {"Decide", "Refuse it"} & set(links)
    assert "Done in our system" not in seen.words
    assert "Ask the parent for more" in links


def test_it_is_answered_in_writing_and_with_that_at_its_end(
    desk: Page, payor: Page, asked: Filed, context: Context
) -> None:
    seen = desk.get(path_of(asked))
    assert "Interest of September 30, 2026" in seen.words
    assert "I paid each week." in seen.words
    seen = desk.submit("/answer", words=ANSWER)
    assert seen.path == path_of(asked, ""), seen.errors
    assert "Answered" in seen.words
    assert "Answer to a question" in seen.links()
    row = row_of(context, asked)
    assert (row.state, row.decision) == ("applied", None)
    assert events(context, asked)[-1] == "applied"
    assert trail(context)[-1][0] != "request:applied"
    assert len(trail(context, "request:answered")) == 1
    seen = payor.get(f"/requests/{asked.number}")
    for words in ("Answered", "We answered your question", "It stops once", "We answered"):
        assert words in seen.words, words
    assert "Take this request back" not in seen.words
    assert "Answered" in payor.get("/requests").words
    letter = payor.get(seen.links()["Answer to your question"])
    for words in ("Answer to your question", asked.number, "It stops once the arrears",
                  "Your question is about: Interest of September 30, 2026: $6.10.",
                  "decides nothing"):  # fmt: skip
        assert words in letter.words, words
    ((_name, to, told),) = [it for it in mails(context) if "letter" in it[0]]
    assert to == "jordan@example.org"
    assert "interest" not in str(told).lower()


def test_the_letter_is_kept_and_prints(
    desk: Page, payor: Page, asked: Filed, context: Context
) -> None:
    answer(desk, asked)
    with context.database.session() as session:
        (letter,) = session.query(PortalLetter).filter_by(kind=KIND).all()
        assert (letter.participant_id, letter.case_id) == ("P", "C1")
        assert letter.submission_id == asked.id
        assert letter.respond_by is None
    seen = payor.get(payor.get(f"/requests/{asked.number}").links()["Answer to your question"])
    pdf = payor.get(seen.path.rstrip("/") + "/letter.pdf").body
    text = "".join(it.get_textpage().get_text_bounded() for it in pypdfium2.PdfDocument(pdf))
    assert "It stops once the arrears are below $500." in " ".join(text.split())


def test_the_agency_hears_the_answer(desk: Page, asked: Filed, context: Context) -> None:
    answer(desk, asked)
    told = exported(context)[-1]
    assert (told["event"], told["kind"], told["submission"]) == (
        "applied", "question", asked.number)  # fmt: skip
    assert told["fields"] == {"on": "2026-11-22", "text": ANSWER}


def test_words_are_needed_and_kept(desk: Page, asked: Filed, context: Context) -> None:
    assert "Write the answer" in answer(desk, asked, "  ").errors
    seen = answer(desk, asked, "x" * 4001)
    assert "Use 4,000 letters or fewer" in seen.errors
    assert "xxxx" in seen.text
    assert "applied" not in events(context, asked)


def test_it_is_answered_once(desk: Page, asked: Filed, context: Context) -> None:
    """CON-2: a second press, and a page that is older than somebody's step."""
    desk.get(path_of(asked))
    version = str(row_of(context, asked).version)
    stale = desk.post(path_of(asked), {"words": "Old.", "version": str(int(version) - 1)})
    assert stale.status == 409
    assert "Old." in stale.text
    assert desk.post(path_of(asked), {"words": "One.", "version": version}).status == 200
    again = desk.post(path_of(asked), {"words": "Two.", "version": version})
    assert again.status == 409
    assert "Two." in again.text
    assert events(context, asked).count("applied") == 1
    assert last_detail(context, asked, "applied")["text"] == "One."
    with context.database.session() as session:
        assert session.query(PortalLetter).count() == 1


def test_it_was_taken_back_meanwhile(
    desk: Page, payor: Page, asked: Filed, context: Context
) -> None:
    """ACL-5"""
    desk.get(path_of(asked))
    payor.get(f"/requests/{asked.number}/withdrawal")
    payor.submit("/withdrawal")
    seen = desk.submit("/answer", words="Too late.")
    assert seen.status == 409
    assert "The parent has taken this request back" in seen.words
    assert "Too late." in seen.text
    assert events(context, asked)[-1] == "withdrawn"


def test_more_is_asked_for_and_given(
    desk: Page, payor: Page, asked: Filed, context: Context
) -> None:
    desk.get(path_of(asked, "/more-information"))
    desk.submit("/more-information", words="Which week do you mean?")
    path = f"/requests/{asked.number}/more-information"
    assert "Which week do you mean?" in payor.get(path).words
    payor.submit("/more-information", words="The last one.", button="action=send")
    assert events(context, asked)[-1] == "information_given"
    answer(desk, asked)
    assert row_of(context, asked).state == "applied"


def test_a_late_one_is_told_and_an_answered_one_is_counted(
    app: Flask, asked: Filed, context: Context, clock: Clock
) -> None:
    """The supervisors hear of it by themselves; the figures have it under its own kind."""
    lead(context)
    clock.forward(days=11)
    tell_of_late(context, clock())
    assert row_of(context, asked).escalated_at is not None
    assert len(mails(context, "staff_requests_due")) == 1
    with context.database.session() as session:
        now = read_figures(session, context.agency, context.now()).now
    assert [(it.open, it.late) for it in now if it.kind is RequestKind.QUESTION] == [(1, 1)]
    with app.app_context(), context.database.transaction() as session:
        worker = session.get_one(Account, row_of(context, asked).owner_id)
        version = row_of(context, asked).version
        answer_question(session, context, worker, asked.number, version, ANSWER, context.now())
    with context.database.session() as session:
        found = read_figures(session, context.agency, context.now())
    assert [it.answered for it in found.period(30) if it.kind is RequestKind.QUESTION] == [1]
    assert [(it.open, it.late) for it in found.now if it.kind is RequestKind.QUESTION] == [(0, 0)]


def test_a_change_or_a_review_has_no_answer(
    desk: Page, context: Context, parents: Parents, sam: TestAccount
) -> None:
    """ACL-5: each kind ends in its own way."""
    review = file_one(context, parents.payor)
    give(context, review, sam)
    assert desk.get(path_of(review)).path == path_of(review, "")
    seen = desk.post(path_of(review), {"words": "x", "version": "2"})
    assert seen.status == 409
    assert "applied" not in events(context, review)
    assert "Answer" not in desk.get(path_of(review, "")).links()


def test_a_worker_who_has_to_do_with_the_parties_is_kept_out(
    desk: Page, asked: Filed, context: Context, sam: TestAccount
) -> None:
    """ACL-4"""
    close_to(context, sam, "A")
    version = str(row_of(context, asked).version)
    for seen in (
        desk.get(path_of(asked)),
        desk.post(path_of(asked), {"words": "x", "version": version}),
    ):
        assert seen.status == 403
        assert "Why did the interest" not in seen.text
    assert "applied" not in events(context, asked)


def test_a_colleague_who_has_it_not_cannot_answer(
    desk: Page, page: Page, asked: Filed, context: Context
) -> None:
    kim = signed_in(page, caseworker(context, "Kim Other"))
    kim.get(path_of(asked))
    seen = kim.submit("/answer", words="Not mine.")
    assert seen.status == 409
    assert "Take the request first" in seen.words
    assert "Not mine." in seen.text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_stays_words(
    desk: Page, payor: Page, context: Context, sam: TestAccount, payload: str
) -> None:
    """INJ-2, INJ-3: as a question and as an answer."""
    number = send_question(payor, payload)
    with context.database.session() as session:
        filed = Filed(number, session.query(Submission).one().id)
    give(context, filed, sam)
    pages = [
        payor.get(f"/requests/{number}"),
        desk.get(path_of(filed, "")),
        desk.get(path_of(filed)),
    ]
    pages += [desk.submit("/answer", words=payload), payor.get(f"/requests/{number}")]
    pages.append(payor.get(pages[-1].links()["Answer to your question"]))
    assert row_of(context, filed).state == "applied"
    for seen in pages:
        assert seen.status == 200, seen.path
        assert not [trace for trace in TRACES if trace in seen.text], seen.path
    assert exported(context)[-1]["fields"]["text"].split() == payload.split()
