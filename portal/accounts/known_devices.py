"""Known devices: where an account was signed in to completely before (PWD-5).

A known device has throttles of its own, so that its owner gets in while somebody else hammers the
account. It stands in for no password and no second factor; its cookie holds a random token.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.database import Base

KEPT_FOR = timedelta(days=365)
MOST = 20
"""Devices of one account; the one seen longest ago makes room for a new one."""
TOKEN_LENGTH = 43


class KnownDevice(Base):
    """One browser in which one account was signed in. Two accounts may share a browser."""

    __tablename__ = "known_devices"
    __table_args__ = (
        Index("uq_known_devices_token_account", "token_hash", "account_id", unique=True),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    """The SHA-256 of the cookie's token, which is not kept."""
    device: Mapped[str] = mapped_column(String(80), default="")
    """In words, such as ``Chrome, Android``; names no place."""
    first_seen_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When the account was last signed in to there."""


@dataclass(frozen=True)
class Remembered:
    """A device as it is known from now on, the token for its cookie, and whether it is new."""

    row: KnownDevice
    token: str
    is_new: bool


def find(
    session: Session, account_id: str | None, token: str | None, now: datetime
) -> KnownDevice | None:
    """The device of that token, if the account was signed in there within the last year."""
    return session.scalar(
        select(KnownDevice).where(
            KnownDevice.token_hash == _hash(token or ""),
            KnownDevice.account_id == (account_id or ""),
            KnownDevice.seen_at > now - KEPT_FOR,
        )
    )


def remember(
    session: Session, account_id: str, token: str | None, device: str, now: datetime
) -> Remembered:
    """Note that the account was signed in to completely there.

    A token that is nobody's is never adopted: it may have been planted.
    """
    row = find(session, account_id, token, now)
    if row is not None and token is not None:
        row.seen_at, row.device = now, device
        session.flush()
        return Remembered(row, token, is_new=False)
    known = select(KnownDevice.id).where(KnownDevice.token_hash == _hash(token or ""))
    if token is None or session.scalar(known) is None:
        token = secrets.token_urlsafe(32)
    old = delete(KnownDevice).where(
        KnownDevice.account_id == account_id,
        KnownDevice.token_hash == _hash(token),
        KnownDevice.seen_at <= now - KEPT_FOR,  # never one that was noted a moment ago
    )
    session.execute(old)
    made = KnownDevice(
        id=uuid.uuid4().hex,
        account_id=account_id,
        token_hash=_hash(token),
        device=device,
        first_seen_at=now,
        seen_at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # two sign-ins in one browser at one moment: the other one's counts
        row = find(session, account_id, token, now)
        if row is None:
            raise
        return Remembered(row, token, is_new=False)
    _make_room(session, account_id)
    return Remembered(made, token, is_new=True)


def all_of(session: Session, account_id: str, now: datetime) -> list[KnownDevice]:
    """The account's known devices, the one seen last first."""
    chosen = select(KnownDevice).where(
        KnownDevice.account_id == account_id, KnownDevice.seen_at > now - KEPT_FOR
    )
    return list(session.scalars(chosen.order_by(KnownDevice.seen_at.desc(), KnownDevice.id)))


def forget(session: Session, account_id: str, *, except_token: str | None = None) -> None:
    """Forget the account's devices but the one of a token."""
    session.execute(
        delete(KnownDevice).where(
            KnownDevice.account_id == account_id,
            KnownDevice.token_hash != _hash(except_token or ""),
        )
    )


def _make_room(session: Session, account_id: str) -> None:
    newest = (
        select(KnownDevice.id)
        .where(KnownDevice.account_id == account_id)
        .order_by(KnownDevice.seen_at.desc(), KnownDevice.id)
        .limit(MOST)
    )
    ids = list(session.scalars(newest))
    session.execute(
        delete(KnownDevice).where(KnownDevice.account_id == account_id, KnownDevice.id.not_in(ids))
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
