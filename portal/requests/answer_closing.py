"""A parent answers a letter that says that a case will be closed (45 CFR 303.11(c))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.requests.drafts import read_draft
from portal.requests.mails import RECEIVED, send_receipt
from portal.requests.models import Submission, SubmissionCase
from portal.requests.submit import (
    DisputedCase,
    NewRequest,
    NotReadyToSend,
    claim,
    participant_of,
    submit,
)
from portal.rules.agency import Agency
from portal.rules.transitions import State
from portal.rules.vocabulary import RequestKind
from portal.security.sealing import Sealer
from portal.web.actor import Actor

KIND = RequestKind.CLOSING_RESPONSE


@dataclass(frozen=True, slots=True)
class ClosingAnswer:
    """What the parent says, and to which letter (days are agency-local)."""

    letter_id: str
    case_id: str
    dated_on: date
    last_day: date
    words: str

    def fields(self) -> dict[str, Any]:
        """As the export hands it on: with the keys that a review has too. None is taken late."""
        return {
            "words": self.words,
            "grounds": [],
            "payments": [],
            "notice_dated_on": self.dated_on.isoformat(),
            "notice_respond_by": self.last_day.isoformat(),
            "in_time": True,
        }


@dataclass(frozen=True, slots=True)
class ClosingNotice:
    """A letter that says that a case will be closed: one of the portal or one of the agency's
    record; days are agency-local."""

    letter_id: str
    case_id: str
    dated_on: date
    last_day: date
    title: str

    def as_json(self) -> dict[str, str]:
        """What a draft keeps of it."""
        return {
            "letter_id": self.letter_id,
            "case_id": self.case_id,
            "dated_on": self.dated_on.isoformat(),
            "last_day": self.last_day.isoformat(),
        }


class NotToAnswer(Exception):
    """The letter is no closing notice, was answered before, or its last day is over."""

    def __init__(self, number: str | None = None) -> None:
        super().__init__("The letter cannot be answered")
        self.number = number
        """Of the request that answers it already."""


def check_answerable(
    session: Session, actor: Actor, notice: ClosingNotice | ClosingAnswer, today: date
) -> None:
    """Go on where the actor can still answer the notice, to midnight of the last day in the
    agency's time. Raises `NotToAnswer`."""
    number = answer_to_closing(session, actor.id, notice.case_id, notice.dated_on)
    if number or today > notice.last_day:
        raise NotToAnswer(number)


def answer_to_closing(
    session: Session, account_id: str, case_id: str | None, dated_on: date
) -> str | None:
    """The number of the request that answers a closing notice, if the account answered it."""
    return answers_to_closing(session, account_id).get((case_id or "", dated_on))


def answers_to_closing(session: Session, account_id: str) -> dict[tuple[str, date], str]:
    """The closing notices that the account answered, by case and date, with the request's number.
    An answer that was taken back is none. One that was refused is one: the refusal is the decision
    that the case closes.

    By these a notice is known wherever it is kept: a later extract may bring it under another id,
    or bring the one that this site sent.
    """
    chosen = (
        select(SubmissionCase.case_id, Submission.notice_dated_on, Submission.number)
        .join(SubmissionCase, SubmissionCase.submission_id == Submission.id)
        .where(Submission.account_id == account_id, Submission.kind == KIND.value)
        .where(Submission.state != State.WITHDRAWN.value)
        .order_by(Submission.submitted_at, Submission.id)
    )
    return {
        (case_id, dated_on): number
        for case_id, dated_on, number in session.execute(chosen)
        if dated_on is not None
    }


def answer_from_draft(data: dict[str, Any]) -> ClosingAnswer | None:
    """The answer as far as a draft gives it; None while the words are missing."""
    letter = data.get("letter")
    if not letter or not data.get("words"):
        return None
    return ClosingAnswer(
        letter["letter_id"],
        letter["case_id"],
        date.fromisoformat(letter["dated_on"]),
        date.fromisoformat(letter["last_day"]),
        data["words"],
    )


def file_closing_answer(
    session: Session,
    sealer: Sealer,
    agency: Agency,
    actor: Actor,
    draft_id: str,
    now: datetime,
) -> Submission:
    """Send the draft as a request; sent again, the same request comes back (CON-1).

    Raises `LookupError` for a draft that is not the actor's, `NotReadyToSend`, `NotToAnswer` for
    a letter that was answered from another draft or whose last day ended meanwhile.
    """
    draft = claim(session, actor, KIND, draft_id)
    if isinstance(draft, Submission):
        return draft
    answer = answer_from_draft(read_draft(sealer, draft))
    if answer is None:
        raise NotReadyToSend
    today = agency.local_date(now)
    check_answerable(session, actor, answer, today)
    fields = answer.fields()
    new = NewRequest(
        kind=KIND,
        participant_id=participant_of(actor),
        fields=fields,
        told=fields,
        due_on=today + timedelta(days=agency.requests.closing_response_days),
        cases=(DisputedCase(answer.case_id, answer.letter_id),),
        notice_dated_on=answer.dated_on,
        notice_respond_by=answer.last_day,
    )
    submission = submit(session, sealer, draft, new, now)
    send_receipt(session, sealer, submission, RECEIVED, now)
    return submission
