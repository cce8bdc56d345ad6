"""Requests at a glance: for the list of requests and for the case's first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.requests.events import REPLACED
from portal.requests.models import Submission, SubmissionEvent
from portal.rules.transitions import State, can_withdraw
from portal.rules.vocabulary import Outcome, RequestKind


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """One request in a line. Without an office or a worker it is with the caseworker team."""

    number: str
    kind: RequestKind
    state: State
    decision: Outcome | None
    owner: str | None
    """The office, as an outcome of the agency names it."""
    owner_id: str | None
    """The account of the worker who has it."""
    due_on: date | None
    submitted_at: datetime
    case_ids: tuple[str, ...]
    stays: bool
    """Whether new enforcement rests because of it, now."""
    was_replaced: bool
    """Whether a later change of the same address was made instead of it."""

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer: not decided, applied, withdrawn or refused."""
        return can_withdraw(self.state)

    def is_late(self, today: date) -> bool:
        """Whether it still waits though the day of its answer is over (agency-local)."""
        return self.is_open and self.due_on is not None and self.due_on < today


def my_requests(session: Session, account_id: str) -> list[RequestSummary]:
    """Everything the account has sent in, the newest first."""
    chosen = (
        select(Submission)
        .where(Submission.account_id == account_id)
        .order_by(Submission.submitted_at.desc(), Submission.id)
    )
    return summaries(session, session.scalars(chosen).all())


def summaries(session: Session, found: Sequence[Submission]) -> list[RequestSummary]:
    """Each of them in a line, in their order."""
    replaced = _replaced(session, [it.id for it in found if it.state == State.APPLIED.value])
    return [summarise(it, was_replaced=it.id in replaced) for it in found]


def _replaced(session: Session, applied: Sequence[str]) -> set[str]:
    chosen = select(SubmissionEvent.submission_id).where(
        SubmissionEvent.submission_id.in_(applied), SubmissionEvent.event == REPLACED
    )
    return set(session.scalars(chosen)) if applied else set()


def open_requests(session: Session, account_id: str) -> list[RequestSummary]:
    """The account's requests that are not at their end, the one due first at the top."""
    found = [it for it in my_requests(session, account_id) if it.is_open]
    return sorted(found, key=lambda it: (it.due_on or date.max, it.number))


def summarise(submission: Submission, *, was_replaced: bool) -> RequestSummary:
    """A request in a line."""
    return RequestSummary(
        number=submission.number,
        kind=RequestKind(submission.kind),
        state=State(submission.state),
        decision=Outcome(submission.decision) if submission.decision else None,
        owner=submission.owner,
        owner_id=submission.owner_id,
        due_on=submission.due_on,
        submitted_at=submission.submitted_at,
        case_ids=tuple(case.case_id for case in submission.cases),
        stays=any(case.is_stayed for case in submission.cases),
        was_replaced=was_replaced,
    )
