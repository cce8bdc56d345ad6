"""The outbox: one row a mail, from the transaction that caused it until it is sent or given up."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base

RECIPIENT = "outbox.recipient"
"""The place that a recipient is sealed for."""


class OutboxItem(Base):
    """One mail: what to say (template, language, ids) and to whom, never the words themselves."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "next_try_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=lambda: uuid4().hex)
    """Random; the Message-ID is made of it, so a mail sent twice can be told to be one (CRS-2)."""
    template: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(35))
    ids: Mapped[dict[str, str]] = mapped_column(JSON)
    owner_id: Mapped[str | None] = mapped_column(String(32), index=True)
    """The account it goes to, or the sign-up it is about: that person is told that it was sent."""
    recipient: Mapped[bytes] = mapped_column(LargeBinary)
    """The e-mail address, sealed."""
    dedupe_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    """When it is due; None once it is sent or given up."""
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    """Until then the worker that took it has it; a worker that died loses it then."""
    leased_by: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    """When it was given up."""
    reason: Mapped[str | None] = mapped_column(String(60))
    """A code: why the last try failed."""
