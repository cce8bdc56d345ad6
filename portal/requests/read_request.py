"""One's own request, whole: what was said, what happened, what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.requests.add_evidence import files_of_submission, name_of
from portal.requests.change_address import AddressChange, change_of
from portal.requests.events import REPLACED, detail_of, events_of
from portal.requests.models import EvidenceFile, Submission, SubmissionEvent
from portal.requests.said import Said, said_in
from portal.requests.summary import RequestSummary, summarise
from portal.rules.agency import Agency
from portal.rules.calendar import day_from
from portal.rules.deadlines import judicial_review_by
from portal.rules.transitions import Event, can_withdraw
from portal.rules.vocabulary import Outcome, RequestKind
from portal.security.sealing import Sealer
from portal.web.actor import Actor

CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as the parent sees it; `text` is the agency's to the parent.

    An *applied* that comes after the change showed in a record is named *confirmed*.
    """

    event: str
    at: datetime
    case_id: str | None
    on: date | None
    text: str | None
    replaced_by: str | None
    """The number of the later change that replaced it."""


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request with everything its sender may see: all of it."""

    summary: RequestSummary
    id: str
    change: AddressChange | None
    review: Said | None
    happened: tuple[Happened, ...]
    files: tuple[tuple[EvidenceFile, str], ...]
    held_until: datetime | None
    decided_on: date | None
    decision_text: str | None
    court_by: date | None
    """The last day to ask a court, after a decision (G.L. c.119A s.17)."""
    closing: Said | None = None
    """What an answer to a closing notice says: words, and the letter's date and last day."""
    question: Said | None = None
    """What a question says: words, and what of the record it is about."""

    @property
    def can_withdraw(self) -> bool:
        """Whether it can still be taken back."""
        return can_withdraw(self.summary.state)

    @property
    def answer_text(self) -> str | None:
        """The agency's answer to a question, in its words; the last it gave."""
        texts = [it.text for it in self.happened if it.event == Event.APPLIED.value and it.text]
        return texts[-1] if self.question and texts else None


def read_own_request(
    session: Session, sealer: Sealer, agency: Agency, actor: Actor, number: str
) -> OwnRequest:
    """The actor's own request of that number. Raises `LookupError` for anything else (ACL-1)."""
    submission = session.scalars(
        select(Submission).where(Submission.number == number, Submission.account_id == actor.id)
    ).one_or_none()
    if submission is None:
        raise LookupError(number)
    events = happened(sealer, events_of(session, submission.id))
    decided_on = submission.decided_on
    decisions = [it for it in events if it.event in {outcome.value for outcome in Outcome}]
    texts = [it.text for it in decisions if it.event == submission.decision]
    kind = RequestKind(submission.kind)
    is_review = kind is RequestKind.ADMINISTRATIVE_REVIEW
    is_closing = kind is RequestKind.CLOSING_RESPONSE
    is_change = kind is RequestKind.CHANGE_OF_ADDRESS
    said = None if is_change else said_in(sealer, submission)
    return OwnRequest(
        summary=summarise(submission, was_replaced=any(it.replaced_by for it in events)),
        id=submission.id,
        change=change_of(sealer, submission) if said is None else None,
        review=said if is_review else None,
        happened=events,
        files=tuple(
            (file, name_of(sealer, file)) for file in files_of_submission(session, submission.id)
        ),
        held_until=submission.hold_until,
        decided_on=decided_on,
        decision_text=texts[-1] if texts else None,
        court_by=judicial_review_by(decided_on, agency) if decided_on else None,
        closing=said if is_closing else None,
        question=said if kind is RequestKind.QUESTION else None,
    )


def happened(sealer: Sealer, events: Sequence[SubmissionEvent]) -> tuple[Happened, ...]:
    """A request's events, the oldest first, as its sender may see them."""
    found: list[Happened] = []
    was_made = False
    for row in events:
        detail = detail_of(sealer, row)
        found.append(
            Happened(
                CONFIRMED if was_made and row.event == Event.APPLIED.value else row.event,
                row.at,
                row.case_id,
                day_from(detail.get("on")),
                detail.get("text"),
                detail.get("replaced_by"),
            )
        )
        was_made = was_made or row.event in (Event.APPLIED.value, REPLACED)
    return tuple(found)
