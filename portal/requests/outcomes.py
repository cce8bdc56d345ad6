"""What the agency did with what was handed back: outcomes of an extract become events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.requests.events import detail_of
from portal.requests.lifecycle import IllegalTransition, move
from portal.requests.mails import tell_of_news
from portal.requests.models import Submission, SubmissionEvent
from portal.rules.transitions import DECISION_EVENTS, Cause, Event, State, event_of_outcome
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
        seen = _seen(session, [submission.id for submission in found.values()])
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


def _seen(session: Session, ids: list[str]) -> set[tuple[str, str]]:
    """The outcomes that were loaded before: (submission, event), as outcomes.csv is keyed.

    Of another cause, an event does not count: *applied* shown by an extract is not the outcome.
    """
    chosen = select(SubmissionEvent.submission_id, SubmissionEvent.event).where(
        SubmissionEvent.submission_id.in_(ids),
        SubmissionEvent.actor_kind == Cause.AGENCY.value,
    )
    return {(submission, event) for submission, event in session.execute(chosen)}


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
    if (submission.id, event.value) in seen:
        return None
    if _is_applied_already(submission, event):
        return None
    try:
        move(
            session,
            sealer,
            submission,
            event,
            Cause.AGENCY,
            now,
            on=row.on,
            case_id=row.case_id,
            detail={"on": row.on.isoformat(), "text": row.text, "source": "outcomes"},
        )
    except IllegalTransition as error:
        return OutcomeWarning(row.line, "outcome", row.outcome, str(error))
    seen.add((submission.id, event.value))
    if event is not Event.RECEIVED:
        tell_of_news(session, sealer, submission, event.value, now)
    return None


def _is_applied_already(submission: Submission, event: Event) -> bool:
    """The record showed it before the outcome said so: both say the same."""
    return event is Event.APPLIED and submission.state == State.APPLIED.value


def decision_text(sealer: Sealer, events: Iterable[SubmissionEvent]) -> str | None:
    """The agency's words to the parent with the last decision, if any."""
    texts = [
        detail_of(sealer, event).get("text")
        for event in events
        if event.event in {decision.value for decision in DECISION_EVENTS}
    ]
    return texts[-1] if texts else None
