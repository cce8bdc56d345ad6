"""Putting a request before the supervisors, with the reason as a note; taking the mark off."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.requests.models import Submission
from portal.rules.transitions import Event, IllegalTransition, State, can_withdraw
from portal.rules.vocabulary import RequestKind
from portal.security.permissions import Permission
from portal.staff.hold import hold
from portal.staff.notes import add_note
from portal.staff.steps import NotOwner
from portal.staff.tell_supervisors import supervisors, tell

ENDED = "request:escalation:ended"
"""That the mark was taken off, in the trail."""


def escalate(
    session: Session,
    context: Context,
    worker: Account,
    number: str,
    version: int,
    reason: str,
    now: datetime,
) -> Submission:
    """Mark it, keep the reason as a note for the staff, and mail the supervisors (N4).

    Whoever may see it may do so, whoever has it. Raises what `hold` raises, and `IllegalTransition`
    where it waits for no answer any more.
    """
    submission = hold(session, worker, number, version)
    _check_open(submission)
    note = add_note(session, context.sealer, worker, number, reason, now)
    submission.escalated_at = submission.escalated_at or now
    submission.version += 1
    record_event(session, "request:escalated", now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"note": note.id, "version": submission.version})  # fmt: skip
    for supervisor in supervisors(session, submission):
        if supervisor.id != worker.id:
            ids = {"number": submission.number, "supervisor": supervisor.id}
            once = f"staff-escalated:{note.id}:{supervisor.id}"
            tell(session, context, supervisor, "staff_escalated", ids, once, now)
    return submission


def take_mark_off(
    session: Session, worker: Account, number: str, version: int, now: datetime
) -> Submission:
    """A supervisor has looked at it: it is marked no more. Without a mark nothing happens.

    What is late is marked once, by itself, and not again. Raises what `hold` raises, and `NotOwner`
    where the worker leads no queue.
    """
    submission = hold(session, worker, number, version)
    if not worker.may(Permission.LEAD_QUEUE):
        raise NotOwner(number)
    if submission.escalated_at is None:
        return submission
    submission.escalated_at = None
    submission.version += 1
    record_event(session, ENDED, now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"version": submission.version})  # fmt: skip
    return submission


def _check_open(submission: Submission) -> None:
    kind, state = RequestKind(submission.kind), State(submission.state)
    if not can_withdraw(state):
        raise IllegalTransition(kind, state, Event.TAKEN)
