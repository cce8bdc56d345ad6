"""Sealing the agency's record anew (KEY-3).

On PostgreSQL the rows of every record that is still there are sealed anew in place, a batch in each
commit. On SQLite a record's file never changes once readers have it: a copy is sealed anew, and one
short transaction switches to it as a load does. The feed's lock is held meanwhile.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from sqlalchemy import LargeBinary, Table, bindparam, func, or_, select, text, update
from sqlalchemy.orm import Session

from portal.context import Context
from portal.database import Database
from portal.feeds import leftovers
from portal.feeds.build_sqlite import BUILDING
from portal.feeds.lock import one_at_a_time
from portal.feeds.models import Load
from portal.feeds.participants import PLACE
from portal.keys.reseal import PAUSE_SECONDS, lookup_stale, sealed_stale
from portal.record.current import current_name, fsync, switch_to
from portal.record.models import Participant
from portal.security.sealing import SealBroken, sealed_with

BATCH = 500
_LONGEST_BASE = 40
_TABLE = cast("Table", Participant.__table__)
Person = tuple[str, str | None, str | None, bytes]
"""participant_id, ssn_lookup, pin_lookup, private"""


def count_left(session: Session, key_id: str) -> int:
    """How many people of the current record are not wholly on ``key_id``."""
    return session.scalar(select(func.count()).select_from(_TABLE).where(_stale(key_id))) or 0


def reseal_record(context: Context) -> None:
    """Move the record's people to the newest key.

    :raises portal.feeds.errors.FeedRefused: while a load runs.
    """
    with one_at_a_time(context.database):
        if context.database.is_sqlite:
            leftovers.clean(context.database)
            _copy_and_switch(context)
        else:
            for schema in _schemas(context.database):
                _in_place(context, schema)


def _stale(key_id: str) -> Any:
    return or_(
        sealed_stale(_TABLE.c.private, key_id),
        lookup_stale(_TABLE.c.ssn_lookup, key_id),
        lookup_stale(_TABLE.c.pin_lookup, key_id),
    )


def _anew(context: Context, person: Person) -> Person | None:
    """The person under the newest key; None where nothing can be moved."""
    key, ssn_lookup, pin_lookup, kept = person
    keyring, newest = context.keyring, context.keyring.newest
    try:
        opened = context.sealer.open(kept, PLACE, key)
    except SealBroken:
        return None
    private = json.loads(opened)
    if not kept.startswith(sealed_with(newest)):
        kept = context.sealer.seal(opened, PLACE, key)
    if ssn_lookup is not None and private.get("ssn") is not None:
        ssn_lookup = keyring.lookup("ssn", str(private["ssn"]))
    if pin_lookup is not None and private.get("pin") is not None:
        pin_lookup = keyring.lookup("pin", f"{key}:{private['pin']}")
    return key, ssn_lookup, pin_lookup, kept


# -- PostgreSQL ---------------------------------------------------------------------------------


def _schemas(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        found = text(
            "SELECT nspname FROM pg_namespace n WHERE nspname LIKE 'record\\_%' AND EXISTS"
            " (SELECT 1 FROM pg_tables t WHERE t.schemaname = n.nspname"
            " AND t.tablename = 'participants') ORDER BY 1"
        )
        return list(connection.scalars(found))


def _in_place(context: Context, schema: str) -> None:
    engine = context.database.engine.execution_options(schema_translate_map={"record": schema})
    columns = (_TABLE.c.participant_id, _TABLE.c.ssn_lookup, _TABLE.c.pin_lookup, _TABLE.c.private)
    change = (
        update(_TABLE)
        .where(_TABLE.c.participant_id == bindparam("key"))
        .values(ssn_lookup=bindparam("ssn"), pin_lookup=bindparam("pin"),
                private=bindparam("kept", type_=LargeBinary()))
    )  # fmt: skip
    after = ""
    while True:
        with engine.begin() as connection:
            wanted = select(*columns).where(_stale(context.keyring.newest), columns[0] > after)
            rows = connection.execute(wanted.order_by(columns[0]).limit(BATCH)).all()
            people = [_anew(context, (row[0], row[1], row[2], bytes(row[3]))) for row in rows]
            values = [
                dict(zip(("key", "ssn", "pin", "kept"), person, strict=True))
                for person in people
                if person is not None
            ]
            if values:
                connection.execute(change, values)
        if not rows:
            return
        after = rows[-1][0]
        time.sleep(PAUSE_SECONDS)


# -- SQLite -------------------------------------------------------------------------------------


def _copy_and_switch(context: Context) -> None:
    database = context.database
    with database.session() as session:
        old = current_name(session)
        left = count_left(session, context.keyring.newest)
    if old is None:
        return
    if left:
        new = f"{old.partition('_r_')[0][:_LONGEST_BASE]}_r_{secrets.token_hex(4)}"
        building = database.folder / f"{new}.{BUILDING}"
        shutil.copyfile(database.record_path(old), building)
        moved = _seal_file(context, building)
        if not moved:  # what is left cannot be moved: no need to switch
            building.unlink()
            return
        fsync(building)
        os.replace(building, database.record_path(new))
        fsync(database.record_path(new))
        with database.transaction() as session:
            switch_to(session, new)
            session.execute(update(Load).where(Load.record == old).values(record=new))
    _remove_others(database)


def _seal_file(context: Context, path: Path) -> int:
    raw = sqlite3.connect(path, isolation_level=None)
    moved = 0
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "secure_delete=ON"):
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("BEGIN")
        reading = raw.execute("SELECT participant_id FROM participants ORDER BY participant_id")
        keys = [row[0] for row in reading]
        for start in range(0, len(keys), BATCH):
            people = _people(raw, keys[start : start + BATCH])
            anew = [_anew(context, person) for person in people]
            changed = [
                (person[1], person[2], person[3], person[0])
                for person, before in zip(anew, people, strict=True)
                if person is not None and person != before
            ]
            raw.executemany(
                "UPDATE participants SET ssn_lookup = ?, pin_lookup = ?, private = ?"
                " WHERE participant_id = ?",
                changed,
            )
            moved += len(changed)
        raw.execute("COMMIT")
    finally:
        raw.close()
    return moved


def _people(raw: sqlite3.Connection, keys: Iterable[str]) -> list[Person]:
    return list(
        raw.execute(
            "SELECT participant_id, ssn_lookup, pin_lookup, private FROM participants"
            " WHERE participant_id IN (SELECT value FROM json_each(?)) ORDER BY participant_id",
            (json.dumps(list(keys)),),
        )
    )


def _remove_others(database: Database) -> None:
    """Take the older records away: they are on the old key.

    Who reads one has its file open and goes on; who is about to open it looks again (FED-1).
    """
    with database.session() as session:
        current = current_name(session)
    for path in database.folder.glob("record_*.db"):
        if path.stem != current:
            path.unlink(missing_ok=True)
