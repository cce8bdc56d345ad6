"""Sending one item of the outbox: take it, send it, mark it; each step safe to be killed in.

An item is taken by a conditional update with a lease, so of several workers one has it, and a dead
worker's item is free again when the lease ends. Nothing is locked while the mail server answers.
The one window that cannot be closed: the server has the mail and the worker dies before it wrote
that down. Then the same mail goes out again, under the same Message-ID (CRS-2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import structlog
from flask_babel import force_locale
from jinja2 import TemplateError
from sqlalchemy import ColumnElement, or_, select, update

from portal.context import Context
from portal.database import rows_changed
from portal.notices.failures import MailFailed
from portal.notices.mail import Mailer, compose
from portal.notices.models import RECIPIENT, OutboxItem
from portal.notices.registry import NoLongerDue, UnknownTemplate, is_text, notice_of
from portal.notices.rendering import locale_of, render, render_text
from portal.notices.text import open_gateway
from portal.security.sealing import SealBroken

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)
"""Longer than one mail may take (``smtp.SENDING_SECONDS``)."""
MOST_DEATHS = 5
"""A mail that so many workers in a row died of is given up: it may be what kills them. Each of them
holds it four times as long as the one before."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""How long to wait after the first, second, … try that failed; the last one from then on."""
TEXT_WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 30, 60))
"""The same for text messages, whose codes live for minutes; then they are no longer due."""


_DIED = "worker_died_"


class Result(Enum):
    """How one try ended."""

    SENT = "sent"
    FAILED = "failed"
    DOWN = "down"
    """The way out itself is down: no use in trying the next one at once."""
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class _Taken:
    id: str
    template: str
    language: str
    ids: dict[str, str]
    recipient: bytes
    created_at: datetime
    tries: int
    deaths: int
    """How many workers in a row took it and were never heard of again."""


def send_next(context: Context, mailer: Mailer, worker: str, now: datetime) -> Result | None:
    """Send the item that is due the longest; None where none is due.

    :param worker: a name of this worker's own.
    """
    item = _take(context, worker, now)
    if item is None:
        return None
    if item.deaths >= MOST_DEATHS:
        _give_up(context, item, f"{_DIED}{item.deaths}", now)
        return Result.FAILED
    try:
        _send(context, mailer, item)
    except NoLongerDue:
        _mark(context, item, next_try_at=None, failed_at=now, reason="no_longer_due")
        return Result.DROPPED
    except MailFailed as failure:
        _put_off(context, item, failure.reason, now)
        return Result.DOWN if failure.down else Result.FAILED
    except (SealBroken, TemplateError, UnknownTemplate) as error:
        _put_off(context, item, f"not_composed_{type(error).__name__}"[:60], now)
        return Result.FAILED
    except Exception:
        log.exception("mail_not_composed", item=item.id, template=item.template)
        _put_off(context, item, "not_composed", now)
        return Result.FAILED
    _mark(context, item, next_try_at=None, sent_at=now, reason=None)
    log.info("mail_sent", item=item.id, template=item.template, tries=item.tries + 1)
    return Result.SENT


def _take(context: Context, worker: str, now: datetime) -> _Taken | None:
    with context.database.session() as session:
        waiting = select(OutboxItem.id).where(*_is_due(now)).order_by(OutboxItem.next_try_at)
        ids = session.scalars(waiting.limit(20)).all()
    for item_id in ids:
        with context.database.transaction() as session:
            taken = session.execute(
                update(OutboxItem)
                .where(OutboxItem.id == item_id, *_is_due(now))
                .values(leased_until=now + LEASE)
            )
            if rows_changed(taken):
                return _leased(session.get_one(OutboxItem, item_id), worker, now)
    return None


def _leased(row: OutboxItem, worker: str, now: datetime) -> _Taken:
    """Lease a row that nobody else can have any more; note the death of who had it before."""
    deaths = 0
    if row.leased_by is not None:
        known = (row.reason or "").removeprefix(_DIED)
        deaths = (int(known) if known.isdecimal() else 0) + 1
        row.reason = f"{_DIED}{deaths}"
        row.tries += 1
        log.warning("mail_lost_its_worker", item=row.id, template=row.template, count=deaths)
    row.leased_by = worker
    row.leased_until = now + LEASE * 4**deaths
    return _Taken(
        row.id,
        row.template,
        row.language,
        dict(row.ids),
        row.recipient,
        row.created_at,
        row.tries,
        deaths,
    )


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(OutboxItem.leased_until.is_(None), OutboxItem.leased_until <= now)
    return OutboxItem.next_try_at <= now, free


def _send(context: Context, mailer: Mailer, item: _Taken) -> None:
    recipient = context.sealer.open(item.recipient, RECIPIENT, item.id)
    notice = notice_of(item.template)
    with force_locale(locale_of(item.language)):
        with context.database.session() as session:
            words = notice.build(context, session, item.ids)
        if notice.is_text:
            text = render_text(context, notice, item.language, words)
            gateway = open_gateway(context.settings.text_url)
            gateway.send(recipient, text, item.id, item.created_at)
            return
        rendered = render(context, notice, item.language, words)
    message = compose(
        rendered,
        event_id=item.id,
        sender=context.settings.mail_from,
        reply_to=context.settings.mail_reply_to,
        recipient=recipient,
        language=item.language,
        at=item.created_at,
    )
    mailer.send(message)


def _put_off(context: Context, item: _Taken, reason: str, now: datetime) -> None:
    """Wait longer after each try; after the settings' days the item is given up, and shows."""
    waits = TEXT_WAITS if is_text(item.template) else WAITS
    wait = waits[min(item.tries, len(waits) - 1)]
    if now + wait > item.created_at + timedelta(days=context.settings.mail_give_up_days):
        _give_up(context, item, reason, now)
        return
    _mark(context, item, next_try_at=now + wait, reason=reason)
    log.warning("mail_put_off", item=item.id, template=item.template, reason=reason)


def _give_up(context: Context, item: _Taken, reason: str, now: datetime) -> None:
    _mark(context, item, next_try_at=None, failed_at=now, reason=reason)
    log.error("mail_given_up", item=item.id, template=item.template, reason=reason)


def _mark(context: Context, item: _Taken, **values: datetime | str | None) -> None:
    with context.database.transaction() as session:
        session.execute(
            update(OutboxItem)
            .where(OutboxItem.id == item.id, OutboxItem.sent_at.is_(None))
            .values(tries=item.tries + 1, leased_by=None, leased_until=None, **values)
        )
