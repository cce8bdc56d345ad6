"""Who did what with a request lately: for a form that comes late (CON-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.staff_models import StaffMember
from portal.audit.models import AuditEvent
from portal.requests.models import Submission

_FEW = 5


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the trail about a request; without a name the parent, or the portal, did it."""

    at: datetime
    name: str | None
    by_parent: bool
    tag: str


def latest_steps(session: Session, submission: Submission) -> tuple[Step, ...]:
    """The last few steps, the newest first."""
    chosen = (
        select(AuditEvent.at, AuditEvent.name, AuditEvent.actor_id, StaffMember.name.label("who"))
        .outerjoin(StaffMember, StaffMember.account_id == AuditEvent.actor_id)
        .where(AuditEvent.subject_kind == "request", AuditEvent.subject_id == submission.id)
        .order_by(AuditEvent.id.desc())
        .limit(_FEW)
    )
    return tuple(
        Step(row.at, row.who, row.actor_id == submission.account_id, row.name)
        for row in session.execute(chosen)
    )
