"""Where a person with a safety mark lives: shown to one worker, for one request, for a day (PRV-2).

A worker asks with a reason, a supervisor who is not that worker grants or refuses. Without leave
that still holds nothing that locates the person is shown to anybody of the staff.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.safety_marks import is_lifted, is_marked
from portal.accounts.staff_models import StaffMember
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import rows_changed
from portal.record.models import Participant
from portal.requests.models import Submission
from portal.rules.vocabulary import RequestKind
from portal.security.permissions import Permission
from portal.staff.hold import hold
from portal.staff.models import ProtectedLocationGrant
from portal.staff.parties import PartyToCase, keep_parties_out
from portal.staff.two_people import NothingToDecide
from portal.staff.which_requests import asker_may_work, may_work
from portal.staff.who_works import can_work

LIFE = timedelta(hours=24)
"""How long leave holds, and how long one that nobody decided waits."""
REASON = "protected_location_grants.reason"
"""The place that the worker's words are sealed for."""


class NotTheirs(PermissionError):
    """Nobody grants it to themselves."""


class NothingHidden(ValueError):
    """The person has no safety mark, or the worker has leave, or asked for it, already."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for a supervisor."""

    id: str
    number: str
    """The request it is for."""
    submission_id: str
    participant_id: str
    """Whose request it is."""
    worker_id: str
    worker: str
    reason: str
    asked_at: datetime


def at_risk(session: Session, participant_id: str) -> bool:
    """Whether the person's whereabouts are kept back: by the mark, because the record says so and
    nobody ever lifted it, or because the record does not name the person any more."""
    person = session.get(Participant, participant_id)
    if person is None or is_marked(session, participant_id):
        return True
    return person.family_violence and not is_lifted(session, participant_id)


def may_see_location(
    session: Session, worker: Account, submission_id: str | None, participant_id: str, now: datetime
) -> bool:
    """Whether the worker may see where the person lives, on this request.

    :param submission_id: a request of the person's; None for leave on any of them.
    """
    if not at_risk(session, participant_id):
        return True
    live = _live(worker.id, now).join(
        Submission, Submission.id == ProtectedLocationGrant.submission_id
    )
    live = live.where(Submission.participant_id == participant_id)
    if submission_id is not None:
        live = live.where(Submission.id == submission_id)
    return session.scalars(live.limit(1)).first() is not None


def keeps_back(session: Session, worker: Account, submission: Submission, now: datetime) -> bool:
    """Whether a change of address, with all that was sent for it, is kept back from the worker."""
    return submission.kind == RequestKind.CHANGE_OF_ADDRESS.value and not may_see_location(
        session, worker, submission.id, submission.participant_id, now
    )


def ask(
    session: Session, context: Context, worker: Account, number: str, reason: str, now: datetime
) -> ProtectedLocationGrant:
    """Ask to see it for the request of that number.

    Raises `NothingHidden`, and what `portal.staff.hold.hold` raises.
    """
    submission = hold(session, worker, number, None)
    if may_see_location(session, worker, submission.id, submission.participant_id, now):
        raise NothingHidden(number)
    asked_already = _undecided(now).where(
        ProtectedLocationGrant.submission_id == submission.id,
        ProtectedLocationGrant.account_id == worker.id,
    )
    if session.scalars(asked_already.limit(1)).first() is not None:
        raise NothingHidden(number)
    grant_id = uuid.uuid4().hex
    asked = ProtectedLocationGrant(
        id=grant_id,
        submission_id=submission.id,
        account_id=worker.id,
        reason=context.sealer.seal(reason, REASON, grant_id),
        asked_at=now,
    )
    session.add(asked)
    session.flush()
    _record(session, "asked", worker, asked, now)
    return asked


def waiting(session: Session, context: Context, worker: Account, now: datetime) -> list[Asked]:
    """What this supervisor can decide, the oldest first: not their own, nor of people close to
    either of the two."""
    chosen = (
        _undecided(now)
        .join(Submission, Submission.id == ProtectedLocationGrant.submission_id)
        .outerjoin(StaffMember, StaffMember.account_id == ProtectedLocationGrant.account_id)
        .where(ProtectedLocationGrant.account_id != worker.id, may_work(worker))
        .where(ProtectedLocationGrant.account_id.in_(can_work()), asker_may_work())
        .add_columns(Submission.number, Submission.participant_id, StaffMember.name)
    )
    return [
        Asked(
            row.id,
            number,
            row.submission_id,
            participant_id,
            row.account_id,
            name or "",
            context.sealer.open(row.reason, REASON, row.id),
            row.asked_at,
        )
        for row, number, participant_id, name in session.execute(chosen)
    ]


def decide(
    session: Session, worker: Account, grant_id: str, now: datetime, *, grants: bool
) -> ProtectedLocationGrant:
    """Grant it for a day, or refuse. Exactly one of several at the same moment does.

    Nothing is left to decide where the asker may not hold it any more: out of the role, or close.

    Raises `NothingToDecide`, `NotTheirs`, `portal.staff.parties.PartyToCase` (ACL-4).
    """
    asked = session.get(ProtectedLocationGrant, grant_id)
    if asked is None:
        raise NothingToDecide(grant_id)
    if asked.account_id == worker.id:
        raise NotTheirs(worker.id)
    submission = session.get_one(Submission, asked.submission_id)
    keep_parties_out(session, worker, submission)
    if not _may_hold(session, asked.account_id, submission):
        raise NothingToDecide(grant_id)
    given = {"granted_at": now, "expires_at": now + LIFE} if grants else {"refused_at": now}
    undecided = update(ProtectedLocationGrant).where(
        ProtectedLocationGrant.id == asked.id,
        ProtectedLocationGrant.granted_at.is_(None),
        ProtectedLocationGrant.refused_at.is_(None),
        ProtectedLocationGrant.asked_at > now - LIFE,
    )
    result = session.execute(undecided.values(granted_by=worker.id, **given))
    if rows_changed(result) != 1:
        raise NothingToDecide(grant_id)
    session.refresh(asked)
    _record(session, "granted" if grants else "refused", worker, asked, now)
    return asked


def end_all_of(session: Session, account_id: str, by: str, now: datetime) -> None:
    """End what somebody was granted, or asked for, who leaves the role that it rests on.

    It does not come back with the role.
    """
    mine = select(ProtectedLocationGrant).where(
        ProtectedLocationGrant.account_id == account_id,
        ProtectedLocationGrant.refused_at.is_(None),
        or_(ProtectedLocationGrant.expires_at.is_(None), ProtectedLocationGrant.expires_at > now),
    )
    for grant in session.scalars(mine.with_for_update()).all():
        grant.refused_at = now
        record_event(session, "staff:protected-location:ended", now=now, actor_id=by,
                     subject=("request", grant.submission_id),
                     detail={"grant": grant.id, "worker": account_id})  # fmt: skip
    session.flush()


def _live(worker_id: str, now: datetime) -> Select[str]:
    return select(ProtectedLocationGrant.id).where(
        ProtectedLocationGrant.account_id == worker_id,
        ProtectedLocationGrant.granted_at.is_not(None),
        ProtectedLocationGrant.refused_at.is_(None),
        ProtectedLocationGrant.expires_at > now,
    )


def _undecided(now: datetime) -> Select[ProtectedLocationGrant]:
    """What waits for a supervisor, the oldest first."""
    return (
        select(ProtectedLocationGrant)
        .where(
            ProtectedLocationGrant.granted_at.is_(None),
            ProtectedLocationGrant.refused_at.is_(None),
            ProtectedLocationGrant.asked_at > now - LIFE,
        )
        .order_by(ProtectedLocationGrant.asked_at, ProtectedLocationGrant.id)
    )


def _may_hold(session: Session, account_id: str, submission: Submission) -> bool:
    """Whether the asker could ask for it now (ACL-4)."""
    asker = session.get(Account, account_id)
    return (
        asker is not None
        and asker.is_active
        and asker.may(Permission.WORK_REQUESTS)
        and not _is_close(session, asker, submission)
    )


def _is_close(session: Session, worker: Account, submission: Submission) -> bool:
    try:
        keep_parties_out(session, worker, submission)
    except PartyToCase:
        return True
    return False


def _record(
    session: Session, what: str, by: Account, grant: ProtectedLocationGrant, now: datetime
) -> None:
    record_event(session, f"staff:protected-location:{what}", now=now, actor_id=by.id,
                 subject=("request", grant.submission_id),
                 detail={"grant": grant.id, "worker": grant.account_id})  # fmt: skip
