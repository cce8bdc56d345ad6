"""The audit trail and the chain it is sealed into: tables that nothing changes or deletes from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Identity, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.append_only import append_only
from portal.database import Base


class AuditEvent(Base):
    """One thing that happened: who, what, to what, from where, and how it ended (AUD-1).

    Rows hold ids and codes only: no names, addresses, numbers of persons or free words.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_actor", "actor_id", "at"),
        Index("ix_audit_events_subject", "subject_kind", "subject_id", "at"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True
    )
    """Rises with each row, so that the order of events can be told and checked."""
    at: Mapped[datetime] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(80))
    """A tag such as ``account:password:changed``."""
    actor_id: Mapped[str | None] = mapped_column(String(64))
    """An account's id, ``feed`` or ``worker``; None for a visitor who has not signed in."""
    subject_kind: Mapped[str | None] = mapped_column(String(40))
    subject_id: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(20))
    request_id: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(100))
    """The visitor's network address as a keyed hash: equal places can be told, not found."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


class AuditBatch(Base):
    """A run of events that can no longer change, sealed together (AUD-2).

    ``digest`` covers the events, the batch's own row and the batch before; ``seal`` is a keyed HMAC
    of it, so that nobody who can only write to the database can make a chain that holds.
    """

    __tablename__ = "audit_chain"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """1, 2, 3 and so on, without a gap."""
    first_id: Mapped[int] = mapped_column(BigInteger)
    last_id: Mapped[int] = mapped_column(BigInteger)
    """The batch holds every event from ``first_id`` to ``last_id``, and knows how many these are;
    an empty one, made when the key changes, ends before it begins."""
    count: Mapped[int]
    at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(100))


_EVENTS = append_only("audit_events")
_EVENTS.listen(AuditEvent.__table__)
_CHAIN = append_only("audit_chain", ("number",))
_CHAIN.listen(AuditBatch.__table__)

AUDIT_DDL, AUDIT_DDL_DOWN = _EVENTS.up, _EVENTS.down
"""What makes the table append-only, by dialect (AUD-2), and what is left to drop after it."""
CHAIN_DDL, CHAIN_DDL_DOWN = _CHAIN.up, _CHAIN.down
