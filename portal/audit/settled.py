"""Up to which event the trail can no longer change: what may be sealed."""

from __future__ import annotations

import time

from sqlalchemy import Connection, func, select, text

from portal.audit.models import AuditEvent
from portal.database import Database

WAIT_SECONDS = 5.0
"""How long to wait for the writers that are at work; then the next run of the job tries again."""
_LOOK_EVERY_SECONDS = 0.05
# A transaction that has an event's id holds this lock from before it drew the id to its end.
_WRITERS = text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND relation = to_regclass('audit_events') AND mode <> 'AccessShareLock'"
    " AND pid <> pg_backend_pid()"
)


def settled_id(database: Database, wait_seconds: float = WAIT_SECONDS) -> int | None:
    """The id up to which no event can appear any more; None while writers are still at work.

    On SQLite writers follow one another, so that is the highest id. On PostgreSQL ids are drawn
    before the commit, and a lower one may appear after a higher one: so every transaction that
    wrote to the trail when the highest id was read has to have ended. Nobody waits for us: we
    wait for them, and later writers do not matter.
    """
    with database.engine.connect() as connection:
        highest: int = connection.scalar(select(func.max(AuditEvent.id))) or 0
        if database.is_sqlite:
            return highest
        writers, until = _writers(connection), time.monotonic() + wait_seconds
        while writers:
            if time.monotonic() >= until:
                return None
            time.sleep(_LOOK_EVERY_SECONDS)
            writers &= _writers(connection)
    return highest


def _writers(connection: Connection) -> set[str]:
    return set(connection.scalars(_WRITERS))
