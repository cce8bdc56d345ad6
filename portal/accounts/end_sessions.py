"""Which devices are signed in, and signing them out (SES-4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts import known_devices
from portal.accounts.known_devices import KnownDevice
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.web.models import SessionRow
from portal.web.sessions import end_sessions, is_live


def live_sessions(session: Session, account: Account, now: datetime) -> list[SessionRow]:
    """The account's sessions that are neither ended nor too old, the one used last first."""
    rows = session.scalars(
        select(SessionRow)
        .where(SessionRow.account_id == account.id, SessionRow.ended_at.is_(None))
        .order_by(SessionRow.seen_at.desc(), SessionRow.id)
    )
    return [row for row in rows if is_live(row, now)]


def find_session(
    session: Session, account: Account, session_id: str, now: datetime
) -> SessionRow | None:
    """The account's own live session of that id."""
    found = (row for row in live_sessions(session, account, now) if row.id == session_id)
    return next(found, None)


def end_session(session: Session, account: Account, row: SessionRow, now: datetime) -> None:
    """End one session on the server, and forget the device it ran on."""
    row.ended_at, row.data = now, None
    forget_device(session, account, row.known_device_id or "")
    record_event(session, "account:session:ended", now=now, actor_id=account.id,
                 subject=("session", row.id))  # fmt: skip


def end_others(
    session: Session,
    account: Account,
    now: datetime,
    *,
    keep_session: str | None,
    keep_device: str | None,
) -> int:
    """End every session but one and forget every other device; returns how many were ended.

    :param keep_device: the token of the device that is still known afterwards.
    """
    ended = end_sessions(session, account.id, now, except_id=keep_session)
    known_devices.forget(session, account.id, except_token=keep_device)
    record_event(session, "account:session:others-ended", now=now, actor_id=account.id,
                 subject=("account", account.id), detail={"ended": ended})  # fmt: skip
    return ended


def find_device(
    session: Session, account: Account, device_id: str, now: datetime
) -> KnownDevice | None:
    """The account's own known device of that id."""
    found = (row for row in known_devices.all_of(session, account.id, now) if row.id == device_id)
    return next(found, None)


def forget_device(session: Session, account: Account, device_id: str) -> None:
    """Know a device no longer: the next sign-in there is told by mail."""
    session.execute(
        delete(KnownDevice).where(KnownDevice.id == device_id, KnownDevice.account_id == account.id)
    )
