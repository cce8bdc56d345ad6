"""The tables of links, throttles, challenges and codes by text message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Link(Base):
    """One mailed link. The token itself is never stored: it is derived from this row (LNK-4)."""

    __tablename__ = "links"
    __table_args__ = (Index("links_owner", "owner_id", "purpose"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    owner_id: Mapped[str] = mapped_column(String(32))
    """The account, or the sign-up that is still to be confirmed."""
    state: Mapped[str] = mapped_column(String(64))
    """A fingerprint of what the link rests on: when that changes, the link is dead (LNK-3)."""
    created_at: Mapped[datetime]
    passed_at: Mapped[datetime | None]
    """When the question that stands before the link's action was answered."""
    ended_at: Mapped[datetime | None]
    """When it was used, or a newer one of its purpose took its place."""


class Throttle(Base):
    """What one throttle counts for one subject. The subject is a keyed HMAC, known or not."""

    __tablename__ = "throttles"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    subject: Mapped[str] = mapped_column(String(100), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
    latest: Mapped[datetime]
    closed_until: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """A challenge that an authenticator is to sign. Deleted when it is used (PKY-1)."""

    __tablename__ = "passkey_challenges"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The SHA-256 of the challenge."""
    ceremony: Mapped[str] = mapped_column(String(16))
    browser: Mapped[str] = mapped_column(String(64))
    """The SHA-256 of the token of the session it was made in."""
    account_id: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(index=True)


class TextCode(Base):
    """One code sent by text message. The code itself is derived, not stored (REG-3)."""

    __tablename__ = "text_codes"
    __table_args__ = (Index("ix_text_codes_account", "account_id", "purpose"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(16))
    key_id: Mapped[str] = mapped_column(String(32))
    """The key that the code is derived with, so that a new key changes no code under way."""
    phone: Mapped[bytes] = mapped_column(LargeBinary)
    """Where it goes, E.164, sealed."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    """When it was used, or a newer one took its place."""
