"""The audit trail's one table, which nothing changes or deletes from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, BigInteger, Identity, Index, Integer, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column

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


AUDIT_DDL: dict[str, tuple[str, ...]] = {
    "sqlite": (
        (
            "CREATE TRIGGER audit_events_unchanged BEFORE UPDATE ON audit_events "
            "BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END"
        ),
        (
            "CREATE TRIGGER audit_events_kept BEFORE DELETE ON audit_events "
            "BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END"
        ),
        # INSERT OR REPLACE deletes without asking the trigger above.
        (
            "CREATE TRIGGER audit_events_not_replaced BEFORE INSERT ON audit_events "
            "WHEN EXISTS (SELECT 1 FROM audit_events WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit_events is append-only'; END $$"
        ),
        (
            "CREATE TRIGGER audit_events_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()"
        ),
    ),
}
"""What makes the table append-only, by dialect (AUD-2).

``create_all`` runs it; the migration that creates the table runs the same statements.
"""

AUDIT_DDL_DOWN: dict[str, tuple[str, ...]] = {
    "sqlite": (),
    "postgresql": ("DROP FUNCTION IF EXISTS audit_events_refuse() CASCADE",),
}
"""What is left to drop once the table is gone."""


def _listen() -> None:
    table = AuditEvent.__table__
    assert isinstance(table, Table)
    for moment, by_dialect in (("after_create", AUDIT_DDL), ("after_drop", AUDIT_DDL_DOWN)):
        for dialect, statements in by_dialect.items():
            for statement in statements:
                ddl = DDL(statement)  # type: ignore[no-untyped-call]
                event.listen(table, moment, ddl.execute_if(dialect=dialect))


_listen()
