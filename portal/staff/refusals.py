"""A try at a page of the staff by somebody whose it is not, for the trail (AUD-1)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.web import clock
from portal.web.edge import write_afterwards


def note(account_id: str, endpoint: str, why: str = "role") -> None:
    """Have the refusal written once the answer is made.

    :param why: a code: ``role``, or ``close`` for the record of somebody close to the worker.
    """
    now = clock.now()

    def write(session: Session) -> None:
        record_event(
            session,
            "staff:page:refused",
            now=now,
            actor_id=account_id,
            outcome="refused",
            detail={"page": endpoint, "why": why},
        )

    write_afterwards(write)
