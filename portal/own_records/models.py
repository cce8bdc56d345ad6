"""Tables of what parents note for themselves: nobody else is ever shown them.

How much, when, how and the parent's own words are sealed; whose they are and on which case is not.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base

DATA = "own_records.data"


class OwnRecord(Base):
    """One payment that a parent says was made or received."""

    __tablename__ = "own_records"
    __table_args__ = (
        Index("ix_own_records_case", "account_id", "case_id"),
        Index("uq_own_records_once", "account_id", "once", unique=True),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    case_id: Mapped[str] = mapped_column(String(32))
    once: Mapped[str] = mapped_column(String(64))
    """Of the form, and the row of a file, that it was added with: sent twice, it is added once."""
    made_at: Mapped[datetime]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed JSON: ``date``, ``amount``, ``how``, ``note``."""


class OwnReceipt(Base):
    """A file that shows an entry: a row of the evidence files that no request has."""

    __tablename__ = "own_receipts"
    __table_args__ = (Index("ix_own_receipts_record", "record_id"),)

    file_id: Mapped[str] = mapped_column(ForeignKey("evidence_files.id"), primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("own_records.id"))
