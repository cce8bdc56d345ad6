"""Taking a request from the queue, and giving it back: one owner at a time (N4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import StaffMember
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import rows_changed
from portal.requests.lifecycle import move
from portal.requests.models import Submission
from portal.rules.transitions import Cause, Event, IllegalTransition, State
from portal.rules.vocabulary import RequestKind
from portal.security.permissions import Permission
from portal.staff.hold import hold
from portal.staff.steps import NotOwner, waits_for_us
from portal.staff.who_works import nobody_has


class TakenBySomebody(Exception):
    """A colleague was quicker."""

    def __init__(self, number: str, name: str) -> None:
        super().__init__(number)
        self.number, self.name = number, name


def take(
    session: Session, context: Context, worker: Account, number: str, now: datetime
) -> Submission:
    """Make the worker the owner of a request that nobody has; pressed twice, once.

    It does not depend on what the worker saw of it, so it asks for no version. Raises `LookupError`
    and `portal.staff.parties.PartyToCase`, `IllegalTransition` where nothing of it is left to do,
    `TakenBySomebody`.
    """
    submission = hold(session, worker, number, None)
    if submission.owner_id == worker.id:
        return submission
    check_waits(submission)
    before = submission.owner_id
    taken = session.execute(
        update(Submission)
        .where(Submission.id == submission.id, nobody_has())
        .values(owner_id=worker.id, version=Submission.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(submission)
    if not rows_changed(taken):
        raise TakenBySomebody(number, owner_name(session, submission))
    if before is None:
        start(session, context, worker, submission, now)
    record_event(session, "request:taken", now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"version": submission.version} | ({"owner": before} if before else {})
                 )  # fmt: skip
    return submission


def start(
    session: Session, context: Context, worker: Account, submission: Submission, now: datetime
) -> None:
    """Let *taken* happen to a request that has an owner now; its parent reads of it.

    One that waits for its parent goes on waiting: there a new owner changes nothing for the parent,
    whose answer must still find its way in. Nor is one that was decided begun anew.
    """
    if submission.state in (State.MORE_INFORMATION_ASKED.value, State.DECIDED.value):
        return
    told = {"on": context.agency.local_date(now).isoformat(), "by": worker.id}
    move(session, context.sealer, submission, Event.TAKEN, Cause.AGENCY, now, by_staff=True,
         detail=told)  # fmt: skip


def give_back(
    session: Session, worker: Account, number: str, version: int, now: datetime
) -> Submission:
    """Leave a request to whoever takes it next: one's own, or anybody's for a supervisor.

    Raises what `hold` raises, `IllegalTransition` where nothing of it is left to do, and
    `NotOwner`.
    """
    submission = hold(session, worker, number, version)
    check_waits(submission)
    if submission.owner_id is None or not may_give(worker, submission):
        raise NotOwner(number)
    record_event(session, "request:given-back", now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"owner": submission.owner_id,
                         "version": submission.version + 1})  # fmt: skip
    submission.owner_id = None
    submission.version += 1
    session.flush()
    return submission


def may_give(worker: Account, submission: Submission) -> bool:
    """Whether it is the worker's to give away: their own, or anybody's for a supervisor."""
    return submission.owner_id == worker.id or worker.may(Permission.LEAD_QUEUE)


def check_waits(submission: Submission) -> None:
    """Raise `IllegalTransition` where nothing is left for the staff to do."""
    if not waits_for_us(submission):
        kind, state = RequestKind(submission.kind), State(submission.state)
        raise IllegalTransition(kind, state, Event.TAKEN)


def owner_name(session: Session, submission: Submission) -> str:
    """What colleagues call whoever has it; empty for nobody."""
    member = session.get(StaffMember, submission.owner_id) if submission.owner_id else None
    return member.name if member else ""
