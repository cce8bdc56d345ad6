"""Putting a mail into the outbox, in the transaction of what it tells of (CRS-2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.notices.models import RECIPIENT, OutboxItem
from portal.notices.registry import notice_of
from portal.security.sealing import Sealer


def enqueue(
    session: Session,
    sealer: Sealer,
    template: str,
    *,
    recipient_email: str,
    language: str,
    ids: Mapping[str, str],
    now: datetime,
    dedupe_key: str | None = None,
    owner_id: str | None = None,
) -> OutboxItem:
    """Queue one mail in the caller's transaction; the worker sends it after the commit.

    :param template: a name that a room has registered with ``portal.notices.registry``.
    :param language: the recipient's (BCP 47).
    :param ids: what the template's builder needs to find its words again; ids only.
    :param dedupe_key: at most one mail is ever queued with the same key; the first one is
        returned for the others.
    :param owner_id: the account it goes to: it shows in what its owner is told that we hold.
    :raises UnknownTemplate: where no room has registered the template.
    """
    notice_of(template)
    item_id = uuid4().hex
    item = OutboxItem(
        id=item_id,
        template=template,
        language=language,
        ids=dict(ids),
        owner_id=owner_id,
        recipient=sealer.seal(recipient_email, RECIPIENT, item_id),
        dedupe_key=dedupe_key,
        created_at=now,
        next_try_at=now,
        tries=0,
    )
    if dedupe_key is None:
        session.add(item)
        session.flush()
        return item
    return _queued(session, dedupe_key) or _add_once(session, item, dedupe_key)


def _queued(session: Session, dedupe_key: str) -> OutboxItem | None:
    found = select(OutboxItem).where(OutboxItem.dedupe_key == dedupe_key)
    return session.execute(found).scalar_one_or_none()


def _add_once(session: Session, item: OutboxItem, dedupe_key: str) -> OutboxItem:
    """Another transaction may queue the same mail at the same moment: then theirs counts."""
    try:
        with session.begin_nested():
            session.add(item)
    except IntegrityError:
        queued = _queued(session, dedupe_key)
        if queued is None:
            raise
        return queued
    return item
