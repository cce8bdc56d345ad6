"""The worker: empties the outbox and does the periodic jobs until it is told to stop."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.context import Context
from portal.notices import jobs
from portal.notices.delivery import Result, send_next
from portal.notices.mail import open_mailer
from portal.notices.models import OutboxItem

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 2
WAIT_WHILE_DOWN_SECONDS = 30
JOB_ENDS_SECONDS = 20
"""How long a job in hand may take to end when the worker is told to stop."""
KEEP_SENT = timedelta(days=90)


def run_once(context: Context, now: datetime) -> int:
    """One round of what `run_forever` does round after round: run the jobs that are due at ``now``
    and send the items. Returns how many went out."""
    jobs.run_due(context, now)
    return _empty_outbox(_Sender(context), lambda: now, threading.Event()).sent


def run_forever(context: Context, stop: threading.Event) -> None:
    """Work until ``stop`` is set; the mail in hand is finished first.

    A failing database or mail server is waited for, not died of (CRS-3). The jobs have a thread of
    their own, so that a link never waits for a scan.
    """
    log.info("worker_started")
    side = Thread(target=copy_context().run, args=(_do_jobs, context, stop), daemon=True)
    side.start()
    sender = _Sender(context)
    while not stop.is_set():
        pause: float = LOOK_EVERY_SECONDS
        try:
            if _empty_outbox(sender, context.now, stop).is_down:
                pause = WAIT_WHILE_DOWN_SECONDS
        except Exception:
            log.exception("outbox_out_of_reach")
        stop.wait(pause)
    side.join(JOB_ENDS_SECONDS)
    log.info("worker_stopped")


class _Sender:
    """Sends item after item under one name of its own."""

    def __init__(self, context: Context) -> None:
        self._context, self._name = context, _name()
        self._mailer = open_mailer(context.settings.mail_url)

    def send_next(self, now: datetime) -> Result | None:
        return send_next(self._context, self._mailer, self._name, now)


@dataclass(frozen=True, slots=True)
class _Round:
    sent: int
    is_down: bool
    """Whether it ended early because the way out is down."""


def _empty_outbox(
    sender: _Sender, read_clock: Callable[[], datetime], stop: threading.Event
) -> _Round:
    """Send what is due until nothing is, the way out is down, or ``stop`` is set."""
    sent = 0
    while not stop.is_set():
        result = sender.send_next(read_clock())
        sent += result is Result.SENT
        if result in (None, Result.DOWN):
            return _Round(sent, result is Result.DOWN)
    return _Round(sent, is_down=False)


def _do_jobs(context: Context, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            jobs.run_due(context, context.now())
        except Exception:
            log.exception("jobs_out_of_reach")
        stop.wait(LOOK_EVERY_SECONDS)


@dataclass(frozen=True, slots=True)
class OutboxState:
    """What the health page and the operator want to know."""

    waiting: int
    oldest_seconds: int
    """How long the oldest mail that is due has not been tried: more than minutes means that no
    worker runs. A mail that waits for its next try is not due."""
    given_up: int


def outbox_state(session: Session, now: datetime) -> OutboxState:
    """How full the outbox is, how late its oldest item, and how many were given up."""
    waits = OutboxItem.next_try_at.is_not(None)
    count, oldest = session.execute(
        select(func.count(), func.min(OutboxItem.next_try_at)).where(waits)
    ).one()
    gone = OutboxItem.failed_at.is_not(None) & (OutboxItem.reason != "no_longer_due")
    given_up = session.scalar(select(func.count()).select_from(OutboxItem).where(gone))
    late = int((now - oldest).total_seconds()) if oldest else 0
    return OutboxState(count, max(late, 0), given_up or 0)


def forget_sent(context: Context, now: datetime) -> None:
    """Delete what was sent or given up more than 90 days ago: the recipients with it."""
    old = now - KEEP_SENT
    with context.database.transaction() as session:
        session.execute(
            delete(OutboxItem).where((OutboxItem.sent_at < old) | (OutboxItem.failed_at < old))
        )


jobs.register("notices.forget_sent", timedelta(days=1), forget_sent)


def _name() -> str:
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
