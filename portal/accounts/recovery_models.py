"""Ways back in that wait for a day: with a new PIN by mail, or with two of the staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Waiting(Base):
    """A step that waits for a day, in which the account's owner can stop it (`waiting_step`)."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it is done, if nobody stopped it; none before the wait has begun."""
    cancelled_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class Recovery(Waiting):
    """Somebody with a new PIN asks for an account whose factors and codes are all lost."""

    __tablename__ = "recoveries"

    pin: Mapped[bytes] = mapped_column(LargeBinary)
    """The PIN it was asked with, sealed: it never works again, whatever comes of this (REG-3)."""
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    """When the link goes out, if nobody cancelled."""
    sent_at: Mapped[datetime | None]


class FactorRemoval(Waiting):
    """Two of the staff let every second factor of a parent's account be removed (RCV-2)."""

    __tablename__ = "factor_removals"

    asked_by: Mapped[str] = mapped_column(String(32))
    approved_by: Mapped[str] = mapped_column(String(32))
    approved_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    """When they are removed, if nobody cancelled."""


class EmailCorrection(Waiting):
    """Two of the staff let a parent's account have another e-mail address, on proof (RCV-2)."""

    __tablename__ = "email_corrections"

    email: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The new address, sealed (place ``email_corrections.email``); none once this is over."""
    proof: Mapped[str] = mapped_column(String(32))
    """A word of `portal.staff.correct_email.Proof`: what was seen, never a number or a picture."""
    asked_by: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(32))
    approved_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    """When the button of the link to the new address was pressed."""
