"""The letters that a review can answer, and the cases it can be about without one.

Rows of one person, kind and date are one letter: one review answers it on all its cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView, case_token, view_behind
from portal.ledger.letters import find_letter, letters_of_all, letters_shown
from portal.requests.models import Submission
from portal.requests.submit import DisputedCase
from portal.rules.deadlines import days_left
from portal.rules.transitions import State
from portal.rules.vocabulary import NoticeKind, RequestKind
from portal.security.opaque import OpaqueIds


@dataclass(frozen=True, slots=True)
class AnswerableLetter:
    """A Notice of Child Support Delinquency with its last day, on each of its cases."""

    dated_on: date
    last_day: date
    days_left: int
    cases: tuple[DisputedCase, ...]
    answered_by: str | None
    """The number of the review that has answered it already, if any."""

    @property
    def is_late(self) -> bool:
        """Whether the last day is over: a review is taken then, and stops nothing."""
        return self.days_left < 0

    @property
    def amount(self) -> Decimal | None:
        """What the letter says is owed, on all its cases."""
        amounts = [case.notice_amount for case in self.cases if case.notice_amount is not None]
        return sum(amounts, Decimal("0.00")) if amounts else None

    def as_json(self) -> dict[str, Any]:
        """The copy that a draft keeps of it."""
        return {
            "dated_on": self.dated_on.isoformat(),
            "last_day": self.last_day.isoformat(),
            "cases": [
                {
                    "case_id": case.case_id,
                    "notice_id": case.notice_id,
                    "amount": None if case.notice_amount is None else str(case.notice_amount),
                }
                for case in self.cases
            ],
        }


def answerable_letters(
    session: Session, account_id: str, views: Sequence[CaseView]
) -> list[AnswerableLetter]:
    """The person's notices of delinquency, the newest first."""
    by_date: dict[date, list[DisputedCase]] = {}
    last_days: dict[date, date] = {}
    for case_id, letters in letters_of_all(session, views).items():
        for letter in letters:
            if letter.kind is not NoticeKind.DELINQUENCY or letter.answer_by is None:
                continue
            disputed = DisputedCase(case_id, letter.notice_id, letter.amount)
            by_date.setdefault(letter.dated_on, []).append(disputed)
            last = last_days.get(letter.dated_on, letter.answer_by)
            last_days[letter.dated_on] = max(last, letter.answer_by)
    answered = answered_letters(session, account_id)
    today = views[0].today if views else date.min
    return [
        AnswerableLetter(
            dated_on,
            last_days[dated_on],
            days_left(last_days[dated_on], today),
            _one_a_case(by_date[dated_on]),
            answered.get(dated_on),
        )
        for dated_on in sorted(by_date, reverse=True)
    ]


def _one_a_case(cases: Sequence[DisputedCase]) -> tuple[DisputedCase, ...]:
    found: dict[str, DisputedCase] = {}
    for case in cases:
        found.setdefault(case.case_id, case)
    return tuple(found.values())


def answered_letters(session: Session, account_id: str) -> dict[date, str]:
    """The dates of letters that a review of this account answers, with the review's number.

    One that was taken back answers nothing, and neither does one that the agency refused: it was
    not accepted, so nothing was decided, and the parent may ask again. (The refusal of an answer
    to a closing notice is different: it is the decision that the case closes.)
    """
    chosen = select(Submission.notice_dated_on, Submission.number).where(
        Submission.account_id == account_id,
        Submission.kind == RequestKind.ADMINISTRATIVE_REVIEW.value,
        Submission.notice_dated_on.is_not(None),
        Submission.state.not_in([State.WITHDRAWN.value, State.REFUSED.value]),
    )
    return {dated_on: number for dated_on, number in session.execute(chosen) if dated_on}


def token_of_letter(opaque: OpaqueIds, participant_id: str, letter: AnswerableLetter) -> str:
    """The letter in a form: opens for this person only."""
    return opaque.hide("answer", letter.dated_on.isoformat(), within=participant_id)


def tokens_of_cases(
    opaque: OpaqueIds, participant_id: str, views: Sequence[CaseView]
) -> dict[str, str]:
    """The cases in a form, by their numbers."""
    return {view.case_id: case_token(opaque, participant_id, view.case_id) for view in views}


def letter_asked_for(
    session: Session,
    opaque: OpaqueIds,
    views: Sequence[CaseView],
    letters: Sequence[AnswerableLetter],
    case: str,
    letter: str | None,
) -> AnswerableLetter | None:
    """The letter that a link of the case's pages names by its two tokens; None without one.

    Raises `LookupError` for a case or a letter that is another's, and for what never was, alike
    (ACL-1).
    """
    view = view_behind(opaque, views, case)
    if letter is None:
        return None
    found = find_letter(opaque, view, letters_shown(session, view), letter)
    if found is None or found.kind is not NoticeKind.DELINQUENCY:
        raise LookupError(letter)
    return next(it for it in letters if it.dated_on == found.dated_on)
