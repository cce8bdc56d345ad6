"""A parent asks a question: about a line, or about a case; sent once, and found again."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.context import Context
from portal.feeds.load import load
from portal.requests.models import Draft, Submission
from tests.requests.asking import QUESTION, WORDS, ask, cases_offered, send_question
from tests.requests.disputing import line_path, month_path
from tests.requests.parents import Parents, exported, number_of, signed_in
from tests.requests.test_dispute import choose, interest, ways
from tests.support.accounts import mails
from tests.support.clock import Clock
from tests.support.page import Page

INTEREST = "Interest of September 30, 2026: $6.10"


def test_from_a_line_to_the_receipt_and_back_to_the_line(
    context: Context, clock: Clock, payor: Page
) -> None:
    """Everything is filled in but the words; nothing is paused; the line says that it was asked."""
    path = line_path(context, clock, "P", "C1", interest)
    seen = payor.get(path)
    assert ways(seen)[-1] == "question"
    assert "Just ask a question about it" in seen.words
    assert "Nothing is decided, and nothing is paused" in seen.words
    seen = choose(payor, path, -1)
    assert seen.path == QUESTION
    assert INTEREST in seen.words
    assert cases_offered(seen) == [], "the line says which case"
    assert "You began this before" not in seen.words
    assert "Write your question" in payor.submit(QUESTION, words=" ").errors
    seen = payor.submit(QUESTION, words=WORDS)
    for words in (INTEREST, "Case C1", "Why did the interest go up?", "December 2, 2026"):
        assert words in seen.words, words
    seen = payor.submit("/check")
    number = number_of(seen)
    assert seen.h1 == "We have your question"
    assert "Answer by December 2, 2026" in seen.words
    assert "A caseworker reads your question" in seen.words
    shown = payor.get(f"/requests/{number}").words
    for words in (f"Question {number}", INTEREST, "I paid each week.", "your caseworker team"):
        assert words.lower() in shown.lower(), words
    assert "paused" not in shown
    assert number in payor.get("/requests").words
    asked = payor.get(path).words
    assert "You have asked about this already" in asked
    case, token = path.split("/")[-2:]
    line = payor.get(f"/cases/{case}/lines/{token}").words
    assert f"Question {number}" in line
    assert "paused" not in line
    assert len(mails(context, "request_received")) == 1


def test_the_export_carries_words_and_subject(context: Context, clock: Clock, payor: Page) -> None:
    choose(payor, line_path(context, clock, "P", "C1", interest), -1)
    send_question(payor)
    (line,) = exported(context)
    assert (line["event"], line["kind"], line["case"]) == ("submitted", "question", "C1")
    assert set(line["fields"]) == {"words", "disputes"}
    assert line["fields"]["words"] == WORDS
    (told,) = line["fields"]["disputes"]
    assert (told["what"], told["date"], told["amount"]) == ("charge", "2026-09-30", "6.10")
    with context.database.session() as session:
        row = session.query(Submission).one()
        assert row.due_on is not None
        assert row.due_on.isoformat() == "2026-12-02", "ten days, a house figure"
        assert all(case.stay_began_at is None for case in row.cases)


def test_from_the_first_page_the_case_is_chosen_where_there_are_several(
    context: Context, payor: Page
) -> None:
    seen = payor.get("/requests/new")
    seen = payor.get(seen.links()["I have a question about my case"])
    assert len(cases_offered(seen)) == 2
    assert "Choose which case it is about" in payor.submit(QUESTION, words="Why?").errors
    seen = ask(payor, case=1)
    assert "Case C2" in seen.words
    payor.submit("/check")
    with context.database.session() as session:
        (row,) = session.query(Submission).all()
        assert [it.case_id for it in row.cases] == ["C2"]


def test_with_one_case_there_is_no_choice(context: Context, marked: Page) -> None:
    assert cases_offered(marked.get(QUESTION)) == []
    assert "Case C1" in ask(marked).words
    send_question(marked)
    assert exported(context)[0]["participant"] == "A"


def test_what_was_begun_is_kept_listed_and_dropped(
    context: Context, clock: Clock, payor: Page
) -> None:
    choose(payor, line_path(context, clock, "P", "C1", interest), -1)
    ask(payor)
    seen = payor.get("/requests")
    assert "Not sent yet: Question" in seen.words
    seen = payor.get(QUESTION)
    assert "You began this before" in seen.words
    assert "I paid each week." in seen.text
    with context.database.session() as session:
        assert WORDS.encode() not in session.query(Draft).one().data
    payor.get("/requests")
    payor.submit("/requests/drafts/question/removal")
    assert "I paid each week." not in payor.get(QUESTION).text


def test_another_line_takes_the_place_and_the_words_stay(
    context: Context, clock: Clock, payor: Page
) -> None:
    from datetime import date

    choose(payor, line_path(context, clock, "P", "C1", interest), -1)
    ask(payor)
    month = month_path(context, clock, "P", "C1", date(2026, 10, 1))
    assert f"The question that you began, about “{INTEREST}”, is then about" in (
        payor.get(month).words
    )
    seen = choose(payor, month, -1)
    assert "October 2026: what is owed changed by" in seen.words
    assert INTEREST not in seen.words
    assert "I paid each week." in seen.text
    seen = payor.submit("/subject/removal")
    assert "October 2026" not in seen.words
    assert len(cases_offered(seen)) == 2
    assert payor.post(f"{QUESTION}/subject/removal").status == 404, "nothing is left to take out"


def test_it_is_sent_once(context: Context, payor: Page) -> None:
    """CON-1"""
    ask(payor)
    seen = payor.get(f"{QUESTION}/check")
    draft = seen.document.query("input[name=draft]")[0].attrs["value"]
    first = payor.post(f"{QUESTION}/check", {"draft": draft})
    assert payor.post(f"{QUESTION}/check", {"draft": draft}).path == first.path
    with context.database.session() as session:
        assert session.query(Submission).count() == 1
    assert len(mails(context, "request_received")) == 1


def test_no_step_can_be_skipped(payor: Page) -> None:
    """ACL-5"""
    assert payor.get(f"{QUESTION}/check").path == QUESTION
    assert payor.post(f"{QUESTION}/check", {"draft": "x"}).status == 404


def test_it_can_be_taken_back(context: Context, clock: Clock, payor: Page) -> None:
    path = line_path(context, clock, "P", "C1", interest)
    choose(payor, path, -1)
    number = send_question(payor)
    payor.get(f"/requests/{number}/withdrawal")
    payor.submit("/withdrawal")
    assert "Taken back by you" in payor.get(f"/requests/{number}").words
    assert "You have asked about this already" not in payor.get(path).words
    assert [it["event"] for it in exported(context)] == ["submitted", "withdrawn"]


def test_a_case_of_another_cannot_be_asked_about(
    app: Flask, context: Context, payor: Page, marked: Page, parents: Parents
) -> None:
    """ACL-2: a choice that was not offered is none; and the fields name no case."""
    theirs = cases_offered(payor.get(QUESTION))
    other = signed_in(Page(app), parents.other)
    for case in (*theirs, "C1", "C2"):
        other.get(QUESTION)
        seen = other.submit(QUESTION, words="Why?", case=case)
        assert "Case C2" in seen.words, "her only case, whatever was sent"
    payor.get(QUESTION)
    for case in ("C1", "C9", "0"):
        assert payor.submit(QUESTION, words="Why?", case=case).path == QUESTION


def test_a_case_that_was_left_meanwhile_is_not_asked_about(
    context: Context, payor: Page, parents: Parents
) -> None:
    ask(payor)
    builder = parents.family.builder
    builder.rows["members.csv"] = [
        row
        for row in builder.rows["members.csv"]
        if (row["case_id"], row["participant_id"]) != ("C1", "P")
    ]
    builder.settle()
    load(context, builder.write(context.settings.instance / "next", sequence=2))
    assert payor.get(f"{QUESTION}/check").path == QUESTION
    with context.database.session() as session:
        draft = session.query(Draft).one().id
    assert payor.post(f"{QUESTION}/check", {"draft": draft}).path == QUESTION
    with context.database.session() as session:
        assert session.query(Submission).count() == 0


@pytest.mark.parametrize("who", ["other parent", "other household"])
def test_anothers_question_is_like_one_that_never_was(
    app: Flask, payor: Page, parents: Parents, who: str
) -> None:
    """ACL-1"""
    number = send_question(payor)
    account = parents.marked if who == "other parent" else parents.other
    page = signed_in(Page(app), account)
    for tail in ("", "/receipt", "/withdrawal", "/more-information"):
        assert page.get(f"/requests/{number}{tail}").status == 404
    assert number not in page.get("/requests").words
