"""That a member of the staff opened a parent's record: for that parent and the trail (AUD-4)."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.security.permissions import StaffRole
from portal.staff.models import RecordOpening
from portal.web import clock
from portal.web.edge import write_afterwards

AGAIN_AFTER = timedelta(hours=1)
"""Pages of one piece of work are one opening."""


def note_opening(
    worker: Account, participant_id: str, reason: str, submission_id: str | None = None
) -> None:
    """Have it written once the answer is made: at most once an hour by worker, person, request.

    `reason` is a code.
    """
    now, worker_id = clock.now(), worker.id
    role = next(iter(worker.roles), StaffRole.CASEWORKER)

    def write(session: Session) -> None:
        lately = select(RecordOpening.id).where(
            RecordOpening.account_id == worker_id,
            RecordOpening.participant_id == participant_id,
            RecordOpening.submission_id == submission_id,
            RecordOpening.at > now - AGAIN_AFTER,
        )
        if session.scalars(lately.limit(1)).first() is not None:
            return
        opening = RecordOpening(
            id=uuid.uuid4().hex,
            account_id=worker_id,
            role=role.value,
            participant_id=participant_id,
            submission_id=submission_id,
            reason=reason,
            words=None,
            at=now,
        )
        session.add(opening)
        session.flush()
        record_event(session, "staff:record:opened", now=now, actor_id=worker_id,
                     subject=("participant", participant_id),
                     detail={"reason": reason, "opening": opening.id})  # fmt: skip

    write_afterwards(write)
