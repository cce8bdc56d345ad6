"""A notice of the tests' own, and the putting of it into the outbox."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.context import Context
from portal.notices.models import OutboxItem
from portal.notices.outbox import enqueue
from portal.notices.registry import NoLongerDue, template

FOLDER = Path(__file__).parent / "templates"


@template("greeting", FOLDER)
def greeting(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    if ids.get("void"):
        raise NoLongerDue
    if ids.get("crash"):
        os._exit(70)
    name = ids.get("name", "Ana")
    return {"name": name, "link": f"{context.settings.base_url}/sign-in"}


def queue(
    context: Context, *, to: str = "ana@example.org", language: str = "en", **ids: str
) -> str:
    """Queue one greeting in a transaction of its own; its id."""
    with context.database.transaction() as session:
        item = enqueue(
            session,
            context.sealer,
            "greeting",
            recipient_email=to,
            language=language,
            ids=ids,
            now=context.now(),
        )
        return item.id


def item(context: Context, item_id: str) -> OutboxItem:
    """An item as it is in the database now."""
    with context.database.session() as session:
        found = session.scalars(select(OutboxItem).where(OutboxItem.id == item_id)).one()
        session.expunge(found)
        return found
