"""Sealing the trail into its chain: done by the worker, so that no writer waits for another."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit import anchor
from portal.audit.digest import BEGINNING, digest_of, events_between, key_of, seal, seal_holds
from portal.audit.models import AuditBatch
from portal.audit.settled import settled_id
from portal.context import Context

log = structlog.get_logger(__name__)

BATCH = 1000
"""The most events in one batch: what is held in memory at a time, here and when it is verified."""


class ChainBroken(Exception):
    """The chain's end does not hold, so nothing is sealed on top of it."""


def seal_events(context: Context, now: datetime, size: int = BATCH) -> int:
    """Seal what can no longer change, batch by batch; returns how many batches.

    Each batch is one commit, followed by its line in the anchor. Killed anywhere, the next run goes
    on: the anchor is brought up first. Several at a time make one chain.

    :raises ChainBroken: when the last batch is not genuine.
    :raises portal.audit.anchor.AnchorProblem: after sealing, when the anchor cannot go on.
    """
    made, settled = 0, settled_id(context.database)
    while True:
        head, trouble = _anchor(context)
        if trouble is not None and head == 1:
            break  # the chain does not grow before its anchor has begun
        if settled is None or not _seal_next(context, head, settled, now, size):
            break
        made += 1
    if trouble is not None:
        raise trouble
    return made


def head_of(session: Session) -> AuditBatch | None:
    """The newest batch."""
    return session.scalars(select(AuditBatch).order_by(AuditBatch.number.desc()).limit(1)).first()


def _seal_next(context: Context, after: int, settled: int, now: datetime, size: int) -> bool:
    with context.database.session() as session:
        batch = _next_batch(context, session, after, settled, now, size)
    if batch is None:
        return False
    try:
        with context.database.transaction() as session:
            session.add(batch)
    except IntegrityError:
        log.debug("audit_batch_known")  # another worker was quicker
        return False
    return True


def _next_batch(
    context: Context, session: Session, after: int, settled: int, now: datetime, size: int
) -> AuditBatch | None:
    head = head_of(session)
    if (head.number if head else 0) != after:
        return None  # another worker is at it, and its batch may not be anchored yet
    number, first_id, previous = 1, 1, BEGINNING
    if head is not None:
        if not seal_holds(context.keyring, head):
            raise ChainBroken(f"Batch {head.number} of the audit trail's chain is not genuine.")
        number, first_id, previous = head.number + 1, head.last_id + 1, head.digest
    rows = session.execute(events_between(first_id, settled, size)).all()
    # A new key vouches for all before it, so that the old one may go (KEY-3).
    if not rows and (head is None or key_of(head) == context.keyring.newest):
        return None
    last_id = rows[-1].id if rows else first_id - 1
    at = now.replace(microsecond=0)
    digest = digest_of(previous, number, first_id, last_id, at, rows)
    return AuditBatch(
        number=number,
        first_id=first_id,
        last_id=last_id,
        count=len(rows),
        at=at,
        previous=previous,
        digest=digest,
        seal=seal(context.keyring, digest),
    )


def _anchor(context: Context) -> tuple[int, Exception | None]:
    """Bring the anchor up: the chain's last batch, and what stood in the way."""
    with context.database.session() as session:
        head = head_of(session)
        number = head.number if head else 0
        try:
            anchor.catch_up(session, Path(context.settings.audit_anchor), number)
        except (anchor.AnchorProblem, OSError) as error:
            return number, error
    return number, None
