"""Where a letter is read and where it is answered."""

from __future__ import annotations

from portal.cases.page import address_of, case_address, token_of
from portal.ledger.case_view import CaseView
from portal.ledger.letters import Letter, letter_token
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
