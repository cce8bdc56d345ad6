"""Tables of the web room: sessions, and work kept from a session that had ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class SessionRow(Base):
    """One session. The cookie's token is not kept, only its SHA-256 (SES-1)."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_account", "account_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str | None] = mapped_column(String(32))
    """None for a visitor in the middle of registering."""
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]
    reauthenticated_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(80), default="")
    known_device_id: Mapped[str | None] = mapped_column(String(32))
    """The account's known device that it runs on, once the sign-in was complete."""
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed JSON of Flask's ``session`` (place ``sessions.data``)."""


class KeptWork(Base):
    """What was posted from a session that had ended, until the same account signs in again."""

    __tablename__ = "kept_work"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32), index=True)
    path_lookup: Mapped[str] = mapped_column(String(100))
    kept_at: Mapped[datetime]
    fields: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed JSON (place ``kept_work.fields``): ``path``, ``fields`` as ``[[name, value], …]``."""
