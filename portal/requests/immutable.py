"""Triggers that keep a table's rows as they were written, on SQLite and PostgreSQL alike (AUD-2).

They come with the table (`create_all`) and with its migration, which runs `EVENTS_DDL`.
"""

from __future__ import annotations

from sqlalchemy import DDL, FromClause, Table, event

_MESSAGE = "submission_events are never changed or deleted"
_GUARDED = "id, uid, submission_id, event, at, actor_kind, case_id"
"""All but `detail`, which may be sealed again under a newer key (its words stay: AEAD)."""

EVENTS_DDL: dict[str, tuple[str, ...]] = {
    "sqlite": (
        (
            f"CREATE TRIGGER submission_events_unchanged BEFORE UPDATE OF {_GUARDED} "
            f"ON submission_events BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        ),
        (
            "CREATE TRIGGER submission_events_kept BEFORE DELETE ON submission_events "
            f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        ),
        # INSERT OR REPLACE deletes without asking the trigger above.
        (
            "CREATE TRIGGER submission_events_not_replaced BEFORE INSERT ON submission_events "
            "WHEN EXISTS (SELECT 1 FROM submission_events WHERE id = NEW.id OR uid = NEW.uid) "
            "BEGIN SELECT RAISE(ABORT, 'submission_events are never changed or deleted'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION submission_events_refuse() RETURNS trigger "
            f"LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$"
        ),
        (
            f"CREATE TRIGGER submission_events_unchanged BEFORE UPDATE OF {_GUARDED} "
            "ON submission_events FOR EACH STATEMENT EXECUTE FUNCTION submission_events_refuse()"
        ),
        (
            "CREATE TRIGGER submission_events_kept BEFORE DELETE OR TRUNCATE "
            "ON submission_events FOR EACH STATEMENT EXECUTE FUNCTION submission_events_refuse()"
        ),
    ),
}
"""What keeps the events as they were written, by dialect."""

EVENTS_DDL_DOWN: dict[str, tuple[str, ...]] = {
    "sqlite": (),
    "postgresql": ("DROP FUNCTION IF EXISTS submission_events_refuse() CASCADE",),
}
"""What is left to drop once the table is gone."""


def guard(table: FromClause) -> None:
    """Create the triggers whenever SQLAlchemy creates the table, and drop what they leave."""
    assert isinstance(table, Table)
    for moment, by_dialect in (("after_create", EVENTS_DDL), ("after_drop", EVENTS_DDL_DOWN)):
        for dialect, statements in by_dialect.items():
            for statement in statements:
                ddl = DDL(statement)  # type: ignore[no-untyped-call]
                event.listen(table, moment, ddl.execute_if(dialect=dialect))
