"""CON-1, ACL-5: one notice of delinquency is answered by one review, and paused for once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal import create_app
from portal.context import Context
from portal.requests.drafts import begin_draft, read_draft, save_draft
from portal.requests.file_review import KIND, LetterAnswered, file_review
from portal.requests.models import Draft, Submission
from tests.requests.parents import (
    REVIEW,
    Parents,
    begin_review,
    load_parents,
    send_review,
    signed_in,
)
from tests.support.page import Page
from tests.support.race import race


def chosen(page: Page, context: Context) -> dict[str, Any]:
    """What a draft keeps once the notice is chosen; the draft itself is dropped again."""
    begin_review(page)
    with context.database.transaction() as session:
        draft = session.query(Draft).one()
        kept = read_draft(context.sealer, draft)
        session.delete(draft)
    return kept


def begin_anyway(context: Context, account_id: str, kept: dict[str, Any]) -> str:
    """As a window does that read the letters before the other one sent; the draft's id."""
    with context.database.transaction() as session:
        draft = begin_draft(session, context.sealer, account_id, KIND, context.now())
        save_draft(session, context.sealer, draft, context.now(), **kept)
        return draft.id


def stays(context: Context) -> list[str]:
    """The cases with a pause, once for each pause."""
    with context.database.session() as session:
        cases = [case for sent in session.query(Submission) for case in sent.cases]
        return sorted(case.case_id for case in cases if case.stay_began_at is not None)


def test_a_second_window_does_not_answer_the_notice_again(
    payor: Page, parents: Parents, context: Context
) -> None:
    """CON-1, ACL-5: it is told so, and what was typed is still there."""
    kept = chosen(payor, context)
    begin_review(payor)
    number = send_review(payor)
    draft_id = begin_anyway(context, parents.payor.id, kept)
    seen = payor.get(f"{REVIEW}/check")
    assert "You have answered this notice already" in seen.words
    assert seen.links()[number] == f"/requests/{number}"
    assert not seen.document.query("input[name=draft]")
    seen = payor.post(f"{REVIEW}/check", {"draft": draft_id})
    assert seen.status == 409
    assert "You have answered this notice already" in seen.words
    assert "It does not add up." in seen.words
    assert stays(context) == ["C1", "C2"]
    with context.database.session() as session:
        assert session.query(Submission).count() == 1
        assert session.query(Draft).one().id == draft_id


def test_what_was_typed_can_be_sent_without_the_notice(
    payor: Page, parents: Parents, context: Context
) -> None:
    kept = chosen(payor, context)
    begin_review(payor)
    send_review(payor)
    begin_anyway(context, parents.payor.id, kept)
    payor.get(f"{REVIEW}/new")
    payor.submit("/new", about="all")
    send_review(payor)
    assert stays(context) == ["C1", "C2"]


def test_a_notice_whose_answer_was_taken_back_can_be_answered_again(
    payor: Page, context: Context
) -> None:
    begin_review(payor)
    number = send_review(payor)
    payor.get(f"/requests/{number}/withdrawal")
    payor.submit("/withdrawal")
    begin_review(payor)
    send_review(payor)
    assert stays(context) == ["C1", "C1", "C2", "C2"]


def answer_in_parallel(context: Context, account_id: str, kept: dict[str, Any]) -> None:
    """Windows that all read the letters while none had answered, each with a draft of its own."""
    actor = SimpleNamespace(id=account_id, participant_id="P")

    def answer(session: Session) -> str:
        now, sealer = context.now(), context.sealer
        draft = begin_draft(session, sealer, account_id, KIND, now)
        save_draft(session, sealer, draft, now, **kept)
        try:
            return file_review(session, sealer, context.agency, actor, draft.id, now).number
        except LetterAnswered as answered:
            return answered.number

    numbers = race(context, answer, 8)
    assert len(set(numbers)) == 1
    assert stays(context) == ["C1", "C2"]
    with context.database.session() as session:
        assert [sent.number for sent in session.query(Submission)] == numbers[:1]


def test_windows_that_answer_at_one_moment(payor: Page, parents: Parents, context: Context) -> None:
    """CON-1"""
    answer_in_parallel(context, parents.payor.id, chosen(payor, context))


@pytest.mark.postgresql
def test_windows_that_answer_at_one_moment_on_postgresql(
    postgresql_context: Context, tmp_path: Path
) -> None:
    """CON-1"""
    account = load_parents(postgresql_context, tmp_path).payor
    browser = signed_in(Page(create_app(context=postgresql_context)), account)
    answer_in_parallel(postgresql_context, account.id, chosen(browser, postgresql_context))
