"""What was done to collect on a case: for `portal.ledger` alone, through the disclosure table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.record.models import EnforcementAction
from portal.rules.vocabulary import EnforcementKind, EnforcementStatus


@dataclass(frozen=True, slots=True)
class EnforcementRow:
    """An enforcement action, without the words of a worker."""

    kind: EnforcementKind
    status: EnforcementStatus
    started_on: date
    ended_on: date | None


def read_enforcement(session: Session, case_id: str) -> tuple[EnforcementRow, ...]:
    """Every action on the case, in an order made of what it is."""
    columns = (
        EnforcementAction.started_on,
        EnforcementAction.kind,
        EnforcementAction.status,
        EnforcementAction.ended_on,
    )
    mine = select(*columns).where(EnforcementAction.case_id == case_id).order_by(*columns)
    return tuple(
        EnforcementRow(EnforcementKind(kind), EnforcementStatus(status), started_on, ended_on)
        for started_on, kind, status, ended_on in session.execute(mine)
    )
