"""Tables of the feed: the extracts that were loaded, and the log of what was handed back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Load(Base):
    """An extract that was loaded whole. A refused one leaves no row."""

    __tablename__ = "loads"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    manifest_sha256: Mapped[str] = mapped_column(String(64))
    record: Mapped[str] = mapped_column(String(70))
    """The record that it made: ``CurrentRecord.name`` from then on."""
    kind: Mapped[str] = mapped_column(String(8))
    as_of: Mapped[date]
    created_at: Mapped[datetime]
    """When the agency made the extract."""
    rows: Mapped[dict[str, int]] = mapped_column(JSON)
    """Rows read, by file."""
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    """Rows in the record afterwards, by file."""
    rejected: Mapped[int]
    warnings: Mapped[int]
    not_adding_up: Mapped[int]
    """Cases whose charges, allocations and balances do not add up."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]

    @property
    def duration(self) -> timedelta:
        return self.finished_at - self.started_at


class ExportedLine(Base):
    """A line of the way back. Once it has a position its words never change.

    Positions are given in one write transaction to events that had none, so nothing ever appears
    at or before a position that was handed out.
    """

    __tablename__ = "export_log"
    __table_args__ = (UniqueConstraint("source", "source_key"),)

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    source: Mapped[str] = mapped_column(String(40))
    source_key: Mapped[str] = mapped_column(String(64))
    """The event's key in the table it came from."""
    given_at: Mapped[datetime]
    line: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed JSON (place ``export_log.line``, row ``position``): the same bytes for ever."""
    evidence: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    """The files that go with it: ``file_id``, ``sha256`` and ``ending``."""
