"""Answering a letter of the portal online."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from portal.notices.portal_letters import OwnLetter
from portal.requests.answer_closing import answer_to_closing
from portal.rules.vocabulary import NoticeKind
from portal.web import clock


@dataclass(frozen=True, slots=True)
class LetterAnswer:
    """Where a letter is answered, or the number of the request that answers it."""

    href: str | None
    number: str | None


def closing_answer(
    session: Session, account_id: str, letter: OwnLetter, token: str
) -> LetterAnswer | None:
    """How a closing notice is, or was, answered; None for other letters.

    After its last day it can be answered no more online.
    """
    if letter.kind != NoticeKind.CASE_CLOSURE.value:
        return None
    number = answer_to_closing(session, account_id, letter.case_id, letter.dated_on)
    if number is not None:
        return LetterAnswer(None, number)
    if letter.respond_by is not None and clock.today() > letter.respond_by:
        return LetterAnswer(None, None)
    return LetterAnswer(url_for("requests.closing_response", letter=token), None)
