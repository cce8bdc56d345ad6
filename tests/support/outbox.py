"""The outbox in the order in which mails came into it."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.notices.models import OutboxItem


def oldest_first(session: Session) -> list[OutboxItem]:
    """Also where the clock stands still: what SQLite numbers its rows by tells the order.

    On PostgreSQL, which has no such number, only the clock does.
    """
    if session.get_bind().dialect.name == "sqlite":
        return list(session.scalars(select(OutboxItem).order_by(text("outbox.rowid"))))
    return list(session.scalars(select(OutboxItem).order_by(OutboxItem.created_at, OutboxItem.id)))
