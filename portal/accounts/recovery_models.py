"""Ways back in that wait for a day: with a new PIN by mail, or with two of the staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Recovery(Base):
    """Somebody with a new PIN asks for an account whose factors and codes are all lost."""

    __tablename__ = "recoveries"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    pin: Mapped[bytes] = mapped_column(LargeBinary)
    """The PIN it was asked with, sealed: it never works again, whatever comes of this (REG-3)."""
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    """When the link goes out, if nobody cancelled."""
    sent_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class FactorRemoval(Base):
    """Two of the staff let every second factor of a parent's account be removed (RCV-2)."""

    __tablename__ = "factor_removals"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(32))
    approved_by: Mapped[str] = mapped_column(String(32))
    approved_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    """When they are removed, if nobody cancelled."""
    cancelled_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
