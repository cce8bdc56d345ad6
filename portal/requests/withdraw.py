"""A parent takes a request back, until it is decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.requests.lifecycle import move
from portal.requests.models import Submission
from portal.rules.transitions import Cause, Event, State
from portal.security.sealing import Sealer
from portal.web.actor import Actor


def withdraw(
    session: Session, sealer: Sealer, actor: Actor, number: str, now: datetime
) -> Submission:
    """Withdraw one's own request; withdrawn twice, it stays withdrawn.

    Raises `LookupError` for a request that is not the actor's, and `IllegalTransition` for one
    that was decided, applied or refused before (ACL-5).
    """
    submission = session.scalars(
        select(Submission)
        .where(Submission.number == number, Submission.account_id == actor.id)
        .with_for_update()
    ).one_or_none()
    if submission is None:
        raise LookupError(number)
    if submission.state == State.WITHDRAWN.value:
        return submission
    move(session, sealer, submission, Event.WITHDRAWN, Cause.PARENT, now)
    record_event(
        session,
        "request:withdrawn",
        now=now,
        actor_id=actor.id,
        subject=("request", submission.id),
    )
    return submission
