"""The outbox as operators see it: how much waits, what fails and why, and trying again.

Never to whom, and never the words: a template's name, codes and times only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.database import rows_changed
from portal.notices.models import OutboxItem

MOST = 50
"""How many mails that were given up are listed, and retried at once."""


@dataclass(frozen=True, slots=True)
class Failing:
    """Mails of one template that wait for their next try, all put off for one reason."""

    template: str
    reason: str
    count: int
    oldest_at: datetime
    next_try_at: datetime


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A mail that was given up; ``id`` is the outbox's."""

    id: str
    template: str
    reason: str
    created_at: datetime
    failed_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """What has not gone out. ``oldest_at`` is when the oldest of it was written."""

    waiting: int
    oldest_at: datetime | None
    last_sent_at: datetime | None
    failing: tuple[Failing, ...]
    given_up: int
    """All of them; the newest are in ``listed``."""
    listed: tuple[GivenUp, ...]


def read_outbox(session: Session) -> Outbox:
    """What waits, what fails, what was given up."""
    waits = OutboxItem.next_try_at.is_not(None)
    waiting, oldest = session.execute(
        select(func.count(), func.min(OutboxItem.created_at)).where(waits)
    ).one()
    given_up = session.scalar(select(func.count()).select_from(OutboxItem).where(_is_given_up()))
    newest = select(OutboxItem).where(_is_given_up()).order_by(OutboxItem.failed_at.desc())
    listed = (
        GivenUp(it.id, it.template, it.reason or "", it.created_at, it.failed_at, it.tries)
        for it in session.scalars(newest.limit(MOST))
        if it.failed_at is not None
    )
    last_sent = session.scalar(select(func.max(OutboxItem.sent_at)))
    return Outbox(waiting, oldest, last_sent, _failing(session), given_up or 0, tuple(listed))


def retry(session: Session, worker: Account, item_id: str, now: datetime) -> None:
    """Let the outbox try a mail once more that was given up; the worker sends it, once.

    It keeps its Message-ID, so that a mail that did arrive can be told (CRS-2). Where it fails
    again after the settings' days it is given up again.

    :raises LookupError: where it has gone out, is no longer due, waits already, or never was.
    """
    again = update(OutboxItem).where(OutboxItem.id == item_id, _is_given_up())
    changed = session.execute(
        again.values(failed_at=None, next_try_at=now, leased_by=None, leased_until=None)
    )
    if not rows_changed(changed):
        raise LookupError(item_id)
    record_event(
        session, "mail:retried", now=now, actor_id=worker.id, subject=("mail", item_id)
    )  # fmt: skip


def retry_all(session: Session, worker: Account, now: datetime) -> int:
    """The same for all that is listed; returns how many."""
    listed = read_outbox(session).listed
    for it in listed:
        retry(session, worker, it.id, now)
    return len(listed)


def _is_given_up() -> ColumnElement[bool]:
    return OutboxItem.failed_at.is_not(None) & (
        func.coalesce(OutboxItem.reason, "") != "no_longer_due"
    )


def _failing(session: Session) -> tuple[Failing, ...]:
    reason = func.coalesce(OutboxItem.reason, "")
    grouped = (
        select(
            OutboxItem.template,
            reason,
            func.count(),
            func.min(OutboxItem.created_at),
            func.min(OutboxItem.next_try_at),
        )
        .where(OutboxItem.next_try_at.is_not(None), reason != "")
        .group_by(OutboxItem.template, reason)
        .order_by(OutboxItem.template, reason)
    )
    return tuple(
        Failing(template, code, count, oldest, next_try)
        for template, code, count, oldest, next_try in session.execute(grouped)
        if next_try is not None
    )
