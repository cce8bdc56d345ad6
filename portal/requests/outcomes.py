"""What the agency did with what was handed back: outcomes of an extract become events."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.requests.events import ActorKind, add_event
from portal.requests.lifecycle import IllegalTransition, move
from portal.requests.mails import tell_of_news
from portal.requests.models import Submission, SubmissionEvent
from portal.requests.replaced import replace_earlier
from portal.rules.transitions import Cause, Event, State, event_of_outcome
from portal.rules.vocabulary import Outcome
from portal.security.sealing import Sealer

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """A row of outcomes.csv; `submission_id` is the number the parent sees, `line` its line."""

    submission_id: str
    outcome: str
    on: date
    case_id: str | None
    text: str | None
    line: int


@dataclass(frozen=True, slots=True)
class OutcomeWarning:
    """An outcome that was not applied: the line of outcomes.csv, its column, and why."""

    line: int
    column: str
    value: str
    reason: str


def apply_outcomes(
    session: Session, sealer: Sealer, rows: Iterable[OutcomeRow], now: datetime
) -> list[OutcomeWarning]:
    """Add the events that the outcomes are, in the caller's transaction; flushes.

    An outcome that its submission has already is passed over without a word: outcomes are loaded
    again with every full extract. An unknown submission, and what the transitions forbid (anything
    after *withdrawn*, *refused*, *denied* or *applied*; a decision on what is not a review), is
    a warning.
    """
    ordered = sorted(rows, key=lambda row: (row.on, _RANK.get(row.outcome, 0), row.line))
    warnings: list[OutcomeWarning] = []
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        found = _by_number(session, {row.submission_id for row in chunk})
        seen = seen_outcomes(session, found)
        for row in chunk:
            warning = _apply(session, sealer, row, found.get(row.submission_id), seen, now)
            if warning is not None:
                warnings.append(warning)
    return sorted(warnings, key=lambda warning: warning.line)


_RANK = {Outcome.RECEIVED.value: -1, Outcome.APPLIED.value: 1}
"""Of one day, *received* goes first and *applied* last."""


def _by_number(session: Session, numbers: set[str]) -> dict[str, Submission]:
    chosen = select(Submission).where(Submission.number.in_(numbers)).with_for_update()
    return {submission.number: submission for submission in session.scalars(chosen)}


def seen_outcomes(session: Session, numbers: Collection[str]) -> set[tuple[str, str]]:
    """The outcomes that were loaded before: (number, event), as outcomes.csv is keyed.

    What the staff did on this site counts too: the agency was told of it, and says it again.
    Of another cause, an event does not count: *applied* shown by an extract is not the outcome.
    """
    chosen = (
        select(Submission.number, SubmissionEvent.event)
        .join(SubmissionEvent, SubmissionEvent.submission_id == Submission.id)
        .where(
            Submission.number.in_(numbers),
            SubmissionEvent.actor_kind.in_((ActorKind.AGENCY.value, ActorKind.STAFF.value)),
        )
    )
    return {(number, event) for number, event in session.execute(chosen)}


def _apply(
    session: Session,
    sealer: Sealer,
    row: OutcomeRow,
    submission: Submission | None,
    seen: set[tuple[str, str]],
    now: datetime,
) -> OutcomeWarning | None:
    if submission is None:
        return OutcomeWarning(
            row.line, "submission_id", row.submission_id, "no submission has this number"
        )
    event = event_of_outcome(Outcome(row.outcome))
    if (row.submission_id, event.value) in seen:
        return None
    try:
        _happen(session, sealer, submission, event, row, now)
    except IllegalTransition as error:
        return OutcomeWarning(row.line, "outcome", row.outcome, str(error))
    seen.add((row.submission_id, event.value))
    return None


def _happen(
    session: Session,
    sealer: Sealer,
    submission: Submission,
    event: Event,
    row: OutcomeRow,
    now: datetime,
) -> None:
    """Add the event, and tell the parent of it. Raises `IllegalTransition`."""
    detail = {"on": row.on.isoformat(), "text": row.text, "source": "outcomes"}
    if event is Event.APPLIED and submission.state == State.APPLIED.value:
        # A record showed it first. The outcome changes no state, but its words are the agency's.
        actor = ActorKind.AGENCY
        add_event(
            session, sealer, submission, event.value, actor, now, case_id=row.case_id, **detail
        )
        if row.text:
            tell_of_news(session, sealer, submission, "confirmed", now)
        return
    move(
        session,
        sealer,
        submission,
        event,
        Cause.AGENCY,
        now,
        on=row.on,
        case_id=row.case_id,
        detail=detail,
    )
    if event is not Event.RECEIVED:
        tell_of_news(session, sealer, submission, event.value, now)
    if event is Event.APPLIED:
        replace_earlier(session, sealer, submission, Cause.AGENCY, now)
