"""Trails for tests: written, sealed, tampered with behind the guards' back."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path

from sqlalchemy import text

from portal.audit.seal import seal_events
from portal.audit.trail import record_event
from portal.audit.verify import Report, TrailBroken, verify
from portal.context import Context


def write(context: Context, count: int) -> None:
    """Add ``count`` events."""
    with context.database.transaction() as session:
        for number in range(count):
            record_event(
                session,
                "test:event:written",
                now=context.now(),
                actor_id="a" * 32,
                subject=("account", f"{number:032d}"),
                detail={"number": number},
            )


def sealed_trail(context: Context, count: int = 25, size: int = 10) -> None:
    """A trail of ``count`` events in batches of ``size``, all sealed and anchored."""
    write(context, count)
    seal_events(context, context.now(), size=size)


def tamper(context: Context, *statements: str) -> None:
    """Run statements as somebody would who has the database in hand: without its guards."""
    if context.database.is_sqlite:
        with sqlite3.connect(str(context.database.url.database)) as raw:
            triggers = (
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
            )
            for (name,) in raw.execute(triggers).fetchall():
                raw.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                raw.execute(statement)
        raw.close()
        return
    with context.database.engine.begin() as connection:
        for table in ("audit_events", "audit_chain"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))


def finding(context: Context) -> str | None:
    """What verifying finds; None when the trail is whole."""
    try:
        verify(context, context.now())
    except TrailBroken as error:
        return str(error)
    return None


def whole(context: Context) -> Report:
    """The report on a trail that has to be whole."""
    return verify(context, context.now())


def anchor_of(context: Context) -> Path:
    return Path(context.settings.audit_anchor)


def with_keys(context: Context, *keys: tuple[str, bytes]) -> Context:
    """The same installation with other keys, newest first."""
    from portal.context import open_context

    settings = dataclasses.replace(context.settings, secret_keys=keys)
    return open_context(settings, context.read_clock)
