"""Records that nobody needs any more, and what a killed load left behind."""

from __future__ import annotations

import re

from sqlalchemy import select, text

from portal.database import Database
from portal.feeds.build_sqlite import BUILDING, STAGING
from portal.feeds.models import Load
from portal.record.current import current_name, drop_postgresql_record

_OURS = re.compile(rf"(record_[0-9a-z_]+)\.(db|{BUILDING}|{STAGING})(-journal)?")


def clean(database: Database) -> None:
    """Remove all records but the current one and the one before; the feed's lock must be held.

    A reader that still has an older file open keeps it until it looks away.
    """
    keep = _kept(database)
    if database.is_sqlite:
        for path in database.folder.iterdir():
            found = _OURS.fullmatch(path.name)
            if found and (found[1] not in keep or found[2] != "db"):
                path.unlink(missing_ok=True)
        return
    with database.engine.begin() as connection:
        schemas = connection.execute(
            text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'record\\_%'")
        ).scalars()
        for schema in [name for name in schemas if name not in keep]:
            drop_postgresql_record(connection, schema)


def _kept(database: Database) -> set[str]:
    with database.transaction(write=False) as session:
        newest = select(Load.record).order_by(Load.sequence.desc()).limit(2)
        keep = set(session.scalars(newest))
        current = current_name(session)
    return keep | ({current} if current else set())
