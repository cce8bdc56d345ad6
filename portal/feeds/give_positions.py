"""Giving positions to events that have none: once given, a position and its line never change."""

from __future__ import annotations

import json
from itertools import islice

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.context import Context
from portal.feeds.export_sources import SOURCES, Waiting
from portal.feeds.models import ExportedLine

PLACE = "export_log.line"
BATCH = 200
"""Events a transaction: each holds the write lock for far less than a second."""
_ADVISORY = 7_311_406_122


def last_position(session: Session) -> int:
    """The highest position given, 0 before the first."""
    return session.scalar(select(func.max(ExportedLine.position))) or 0


def give_positions(context: Context) -> int:
    """Give every committed event a position; returns the highest.

    Events go by time, and in the order of their source, within a batch. One that commits later
    gets a later position, whatever its time, so nothing ever appears at or before a position
    that was handed out.
    """
    while True:
        with context.database.transaction() as session:
            if not context.database.is_sqlite:
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})
            last = last_position(session)
            batch = _oldest(session, context)
            for position, waiting in enumerate(batch, last + 1):
                session.add(_row(context, position, waiting))
            session.flush()
        if not batch:
            return last


def _oldest(session: Session, context: Context) -> list[Waiting]:
    found = [waiting for source in SOURCES for waiting in source.waiting(session, context, BATCH)]
    # Stable: what one transaction did at one moment stays in the order in which it was done.
    found.sort(key=lambda waiting: (waiting.at, waiting.source))
    return list(islice(found, BATCH))


def _row(context: Context, position: int, waiting: Waiting) -> ExportedLine:
    words = json.dumps({"position": position, **waiting.line}, ensure_ascii=False)
    return ExportedLine(
        position=position,
        source=waiting.source,
        source_key=waiting.key,
        given_at=context.now(),
        line=context.sealer.seal(words, PLACE, str(position)),
        evidence=waiting.evidence,
    )
