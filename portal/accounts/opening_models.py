"""That a member of the staff opened a parent's record: the parent's room reads it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base

Id = String(32)


class RecordOpening(Base):
    """A member of the staff opened a parent's record: shown to that parent (AUD-4)."""

    __tablename__ = "record_openings"
    __table_args__ = (
        Index("ix_record_openings_participant", "participant_id", "at"),
        Index("ix_record_openings_account", "account_id", "at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    account_id: Mapped[str] = mapped_column(Id)
    role: Mapped[str] = mapped_column(String(16))
    participant_id: Mapped[str] = mapped_column(Id)
    submission_id: Mapped[str | None] = mapped_column(Id)
    """The request it was opened for, where it was for one."""
    reason: Mapped[str] = mapped_column(String(32))
    """A code."""
    words: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the worker added, sealed (place ``record_openings.words``); for the auditor."""
    at: Mapped[datetime]


WORDS = "record_openings.words"
"""The place that the worker's words are sealed for."""
