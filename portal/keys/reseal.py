"""Sealing the rows of one table anew, a batch in each commit (KEY-3)."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Row,
    and_,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from portal.context import Context
from portal.keys.columns import Sealed
from portal.security.keys import Keyring
from portal.security.sealing import SealBroken, sealed_with

BATCH = 200
PAUSE_SECONDS = 0.01
"""Between two commits, so that other writers get their turn."""


def sealed_stale(column: ColumnElement[bytes], key_id: str) -> ColumnElement[bool]:
    """Whether a sealed column is on another key than ``key_id``."""
    prefix = sealed_with(key_id)
    begins = func.substr(column, 1, len(prefix), type_=LargeBinary())
    return and_(column.is_not(None), begins != literal(prefix, LargeBinary()))


def lookup_stale(column: ColumnElement[str], key_id: str) -> ColumnElement[bool]:
    """Whether a look-up is under another key than ``key_id``."""
    return and_(column.is_not(None), column.not_like(f"{key_id}.%"))


def stale(sealed: Sealed, key_id: str) -> ColumnElement[bool]:
    """Whether anything of a row is on another key than ``key_id``."""
    table = sealed.table
    return or_(
        *(sealed_stale(table.c[name], key_id) for name in sealed.places),
        *(lookup_stale(table.c[name], key_id) for name in sealed.lookups),
    )


def count_stale(session: Session, sealed: Sealed, key_id: str) -> int:
    """How many rows are not wholly on ``key_id``."""
    wanted = select(func.count()).select_from(sealed.table).where(stale(sealed, key_id))
    return session.scalar(wanted) or 0


def reseal_table(context: Context, sealed: Sealed) -> int:
    """Move a table's rows to the newest key; returns how many were moved.

    Rows that somebody else is writing are passed over and come up in the next round: nobody waits
    for us for longer than a batch takes. What is left then is waited for in a last round. What does
    not open is left as it is. Killed anywhere, it goes on where it was, for what is done tells
    itself by its key.
    """
    moved, last_round = 0, 1
    while last_round:
        last_round = _round(context, sealed, waits=False)
        moved += last_round
    return moved + _round(context, sealed, waits=True)


def _round(context: Context, sealed: Sealed, *, waits: bool) -> int:
    moved, after = 0, None
    while True:
        with context.database.transaction() as session:
            count, after = _batch(context, session, sealed, after, waits=waits)
        moved += count
        if after is None:
            return moved
        time.sleep(PAUSE_SECONDS)


def _batch(
    context: Context, session: Session, sealed: Sealed, after: Any, *, waits: bool
) -> tuple[int, Any]:
    """How many rows were moved, and the key to go on after; None at the end."""
    table, newest = sealed.table, context.keyring.newest
    key = table.c[sealed.bound_to]
    names = [*sealed.places, *sealed.lookups]
    wanted = select(key, *(table.c[name] for name in names)).where(stale(sealed, newest))
    if after is not None:
        wanted = wanted.where(key > after)
    # One at a time where it waits: whoever holds a row may be waiting for another one of ours.
    wanted = wanted.order_by(key).limit(1 if waits else BATCH)
    rows = session.execute(wanted.with_for_update(skip_locked=not waits)).all()
    moved = 0
    for row in rows:
        values = _anew(context, sealed, row)
        if values:
            session.execute(update(table).where(key == row[0]).values(values))
            moved += 1
    return moved, rows[-1][0] if rows else None


def _anew(context: Context, sealed: Sealed, row: Row[Any]) -> dict[Column[Any], Any]:
    found, newest = row._mapping, context.keyring.newest
    bound_to = str(row[0])
    values: dict[Column[Any], Any] = {}
    opened: dict[str, str | None] = {}
    for name, place in sealed.places.items():
        kept = found[sealed.table.c[name]]
        if kept is None:
            opened[name] = None
            continue
        try:
            data = context.sealer.open_bytes(kept, place, bound_to)
        except SealBroken:
            return {}
        opened[name] = _as_text(data)
        if not bytes(kept).startswith(sealed_with(newest)):
            values[sealed.table.c[name]] = context.sealer.seal(data, place, bound_to)
    for name, (purpose, value_of) in sealed.lookups.items():
        kept = found[sealed.table.c[name]]
        anew = _lookup(context.keyring, purpose, value_of(opened), kept)
        if anew is not None:
            values[sealed.table.c[name]] = anew
    return values


def _as_text(data: bytes) -> str | None:
    """For look-ups; None for what is no text, such as a PDF, of which there are none."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _lookup(keyring: Keyring, purpose: str, value: str | None, kept: str | None) -> str | None:
    if kept is None or value is None or kept.startswith(f"{keyring.newest}."):
        return None
    return keyring.lookup(purpose, value)
