"""The letters of a case in one list: those of the agency's record and those of the portal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from portal.cases.letters import letter_address, numbers_of_answers
from portal.cases.words import LETTERS
from portal.ledger.case_view import CaseView
from portal.ledger.letters import Letter
from portal.notices.portal_letters import OwnLetter, letter_token, letters_to
from portal.requests.answer_closing import answers_to_closing
from portal.rules.deadlines import days_left
from portal.rules.disclosure import Datum, Shown, shown
from portal.rules.vocabulary import NoticeKind
from portal.web.edge import context


@dataclass(frozen=True, slots=True)
class ListedLetter:
    """A letter in a line; days are agency-local."""

    dated_on: date
    title: str
    href: str
    answer_by: date | None
    days_left: int | None
    """To `answer_by`; 0 on the last day, negative when it is over."""
    to_court: bool
    """The last day is the one to go to court."""
    is_unread: bool
    """A letter of the portal that was not opened."""
    is_answered: bool = False
    """No last day is counted any more."""


def own_letters(session: Session, view: CaseView) -> list[OwnLetter]:
    """The portal's letters about this case and about no one case; none but for their addressee."""
    if shown(Datum.LETTERS, view.viewer) is not Shown.ADDRESSEE:
        return []
    return letters_to(session, context().sealer, view.participant_id, case_id=view.case_id)


def letters_page(
    session: Session, account_id: str, view: CaseView, letters: Iterable[Letter]
) -> list[ListedLetter]:
    """The record's letters and the portal's, the newest first."""
    own = own_letters(session, view)
    letters = without_ours(letters, own)
    answered = numbers_of_answers(session, view, account_id, letters)
    done = _answered(session, account_id, own)
    listed = [_of_portal(view, it, is_answered=it.id in done) for it in own]
    listed += [_of_record(view, it, is_answered=it.notice_id in answered) for it in letters]
    return sorted(listed, key=lambda it: it.dated_on, reverse=True)


def without_ours(letters: Iterable[Letter], own: Iterable[OwnLetter]) -> list[Letter]:
    """The record's letters of a case without those that this site sent: the agency was told of
    them, and its extract brings them back. Such a one is known by its kind and its date."""
    ours = {(it.kind, it.dated_on) for it in own}
    return [it for it in letters if (it.kind.value, it.dated_on) not in ours]


def waiting_letters(
    session: Session, account_id: str, view: CaseView, own: Iterable[OwnLetter]
) -> list[ListedLetter]:
    """The letters of the portal that wait for the person: those not opened, decisions while they
    can be taken to court, closing notices while they can be answered and were not."""
    done = _answered(session, account_id, own)
    return [_of_portal(view, it, is_answered=it.id in done) for it in own if _waits(view, it, done)]


def _answered(session: Session, account_id: str, own: Iterable[OwnLetter]) -> set[str]:
    """The ids of the closing notices that the person answered."""
    closing = [it for it in own if it.kind == NoticeKind.CASE_CLOSURE.value]
    answers = answers_to_closing(session, account_id) if closing else {}
    return {it.id for it in closing if (it.case_id, it.dated_on) in answers}


def _waits(view: CaseView, letter: OwnLetter, answered: set[str]) -> bool:
    if letter.read_at is None:
        return True
    if letter.respond_by is None or letter.respond_by < view.today:
        return False
    if letter.kind == NoticeKind.CASE_CLOSURE.value:
        return letter.id not in answered
    return letter.is_decision


def _of_record(view: CaseView, letter: Letter, *, is_answered: bool) -> ListedLetter:
    return ListedLetter(
        letter.dated_on,
        letter.subject or str(LETTERS[letter.kind]),
        letter_address(view, letter),
        letter.answer_by,
        letter.days_left,
        letter.kind is NoticeKind.REVIEW_DECISION,
        is_unread=False,
        is_answered=is_answered,
    )


def _of_portal(view: CaseView, letter: OwnLetter, *, is_answered: bool) -> ListedLetter:
    last = letter.respond_by
    token = letter_token(context().opaque, view.participant_id, letter.id)
    return ListedLetter(
        letter.dated_on,
        letter.title,
        url_for("cases.portal_letter", letter=token),
        last,
        None if last is None else days_left(last, view.today),
        letter.is_decision,
        is_unread=letter.read_at is None,
        is_answered=is_answered,
    )
