"""Moving a request through its life: the state by the table of transitions, and its event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.requests.events import STAY_BEGAN, STAY_ENDED, ActorKind, add_event
from portal.requests.models import Submission
from portal.rules.transitions import (
    Cause,
    Event,
    IllegalTransition,
    State,
    can_withdraw,
    decision_of,
    may_cause,
    next_state,
)
from portal.rules.vocabulary import Outcome, RequestKind
from portal.security.sealing import Sealer

__all__ = ["OPEN_STATES", "IllegalTransition", "begin_stays", "check", "move"]

OPEN_STATES = tuple(state.value for state in State if can_withdraw(state))
"""Those in which a request waits for the agency."""
_AT_REST = frozenset({State.DECIDED, State.WITHDRAWN, State.REFUSED, State.APPLIED})


def check(submission: Submission, event: Event, cause: Cause) -> State:
    """The state that would follow.

    Raises `IllegalTransition` where the table forbids the event or its cause.
    """
    kind, state = RequestKind(submission.kind), State(submission.state)
    if not may_cause(cause, event):
        raise IllegalTransition(kind, state, event)
    decision = Outcome(submission.decision) if submission.decision else None
    return next_state(kind, state, event, decision=decision)


def move(
    session: Session,
    sealer: Sealer,
    submission: Submission,
    event: Event,
    cause: Cause,
    now: datetime,
    *,
    on: date | None = None,
    case_id: str | None = None,
    told_as: str | None = None,
    by_staff: bool = False,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Let an event happen: the state, the event row, and the end of the stays it brings.

    `on` is the agency-local day of a decision; `told_as` names the row where the event's own name
    would say too much; `by_staff` tells that the agency's people did it on this site. Raises
    `IllegalTransition`.
    """
    submission.state = check(submission, event, cause).value
    decision = decision_of(event)
    if decision is not None:
        submission.decision = decision.value
        submission.decided_on = on
    add_event(
        session,
        sealer,
        submission,
        told_as or event.value,
        ActorKind.STAFF if by_staff else ActorKind(cause.value),
        now,
        case_id=case_id,
        **(detail or {}),
    )
    if State(submission.state) in _AT_REST:
        submission.hold_until = None  # nothing is left to release
        _end_stays(session, sealer, submission, now)


def begin_stays(session: Session, sealer: Sealer, submission: Submission, now: datetime) -> None:
    """Let new enforcement rest on each of the request's cases, with an event for each."""
    for case in submission.cases:
        case.stay_began_at = now
        add_event(
            session, sealer, submission, STAY_BEGAN, ActorKind.PORTAL, now, case_id=case.case_id
        )


def _end_stays(session: Session, sealer: Sealer, submission: Submission, now: datetime) -> None:
    for case in submission.cases:
        if not case.is_stayed:
            continue
        case.stay_ended_at = now
        add_event(
            session, sealer, submission, STAY_ENDED, ActorKind.PORTAL, now, case_id=case.case_id
        )
