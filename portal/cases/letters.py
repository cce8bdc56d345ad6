"""Where a letter is read and where it is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from portal.cases.page import case_address, token_of
from portal.ledger.case_view import CaseView
from portal.ledger.letters import Letter, letter_token
from portal.requests.answer_closing import answers_to_closing
from portal.requests.review_letters import answered_letters
from portal.requests.summary import my_requests
from portal.rules.vocabulary import NoticeKind
from portal.web.edge import context


def letter_address(view: CaseView, letter: Letter) -> str:
    """The page of a letter."""
    return case_address("letter", view, letter=letter_token(context().opaque, view, letter))


def answer_address(view: CaseView, letter: Letter) -> str | None:
    """Where to answer a notice: to ask for a review, or to say in time why a case should stay open;
    None for letters that nothing answers."""
    pages = {
        NoticeKind.DELINQUENCY: "requests.review_letter",
        NoticeKind.CASE_CLOSURE: "requests.closing_response",
    }
    if letter.kind not in pages or (letter.kind is NoticeKind.CASE_CLOSURE and not letter.is_open):
        return None
    token = letter_token(context().opaque, view, letter)
    return url_for(pages[letter.kind], case=token_of(view.case_id), letter=token)


@dataclass(frozen=True, slots=True)
class Answer:
    """The request that answers a notice."""

    number: str
    asked_on: date
    """Agency-local."""


def numbers_of_answers(
    session: Session, view: CaseView, account_id: str, letters: Sequence[Letter]
) -> dict[str, str]:
    """By the ids of the letters that were answered, the number of the request that answers each:
    of a review unless it was withdrawn."""
    kinds = {it.kind for it in letters}
    reviews = answered_letters(session, account_id) if NoticeKind.DELINQUENCY in kinds else {}
    closings = answers_to_closing(session, account_id) if NoticeKind.CASE_CLOSURE in kinds else {}
    found: dict[str, str] = {}
    for it in letters:
        number = None
        if it.kind is NoticeKind.DELINQUENCY:
            number = reviews.get(it.dated_on)
        elif it.kind is NoticeKind.CASE_CLOSURE:
            number = closings.get((view.case_id, it.dated_on))
        if number:
            found[it.notice_id] = number
    return found


def answer_to(session: Session, view: CaseView, account_id: str, letter: Letter) -> Answer | None:
    """The person's request that answers a notice; None where none does."""
    number = numbers_of_answers(session, view, account_id, [letter]).get(letter.notice_id)
    if number is None:
        return None
    sent = (it for it in my_requests(session, account_id) if it.number == number)
    local_date = context().agency.local_date
    return next((Answer(it.number, local_date(it.submitted_at)) for it in sent), None)
