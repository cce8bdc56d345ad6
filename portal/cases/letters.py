"""Where a letter is read and where it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.cases.page import address_of, case_address, token_of
from portal.ledger.case_view import CaseView
from portal.ledger.letters import Letter, letter_token
from portal.requests.review_letters import answered_letters
from portal.requests.summary import my_requests
from portal.rules.vocabulary import NoticeKind
from portal.web.edge import context


def letter_address(view: CaseView, letter: Letter) -> str:
    """The page of a letter."""
    return case_address("letter", view, letter=letter_token(context().opaque, view, letter))


def answer_address(view: CaseView, letter: Letter) -> str | None:
    """Where to ask for a review in answer to a notice; None for letters that none answers."""
    if letter.kind is not NoticeKind.DELINQUENCY:
        return None
    token = letter_token(context().opaque, view, letter)
    return address_of("requests.review_letter", case=token_of(view.case_id), letter=token)


@dataclass(frozen=True, slots=True)
class Answer:
    """The review that answers a notice."""

    number: str
    asked_on: date
    """Agency-local."""


def answer_to(session: Session, account_id: str, letter: Letter) -> Answer | None:
    """The person's review that answers a notice; None where none does, withdrawn ones aside."""
    if letter.kind is not NoticeKind.DELINQUENCY:
        return None
    number = answered_letters(session, account_id).get(letter.dated_on)
    sent = (it for it in my_requests(session, account_id) if it.number == number)
    local_date = context().agency.local_date
    return next((Answer(it.number, local_date(it.submitted_at)) for it in sent), None)
