"""Triggers that keep a table's rows as they were written, on SQLite and PostgreSQL alike (AUD-2).

They come with the table (`create_all`) and with the migration that creates it, which runs the same
statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import DDL, FromClause, Table, event

Statements = Mapping[str, tuple[str, ...]]
"""By dialect."""


@dataclass(frozen=True, slots=True)
class AppendOnly:
    """What makes a table append-only (`up`), and what is left to drop once it is gone (`down`)."""

    up: Statements
    down: Statements

    def listen(self, table: FromClause) -> None:
        """Run the statements whenever SQLAlchemy creates or drops the table."""
        assert isinstance(table, Table)
        for moment, by_dialect in (("after_create", self.up), ("after_drop", self.down)):
            for dialect, statements in by_dialect.items():
                for statement in statements:
                    ddl = DDL(statement)  # type: ignore[no-untyped-call]
                    event.listen(table, moment, ddl.execute_if(dialect=dialect))


def append_only(
    table: str, keys: tuple[str, ...] = ("id",), kept: tuple[str, ...] = ()
) -> AppendOnly:
    """The statements for a table whose rows are only ever added.

    :param keys: the columns of which each value is there once (SQLite's INSERT OR REPLACE deletes
        a row of the same key without asking the trigger that guards deletions).
    :param kept: the columns that may not be written again; all of them unless named. Left out are
        sealed ones, which are sealed anew under a newer key (the words stay: AEAD).
    """
    words = f"'{table} is append-only'"
    refusal = f"BEGIN SELECT RAISE(ABORT, {words}); END"
    same = " OR ".join(f"{key} = NEW.{key}" for key in keys)
    known = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608
    update = f"UPDATE OF {', '.join(kept)}" if kept else "UPDATE"
    refuse = f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    return AppendOnly(
        up={
            "sqlite": (
                f"CREATE TRIGGER {table}_unchanged BEFORE {update} ON {table} {refusal}",
                f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {refusal}",
                (
                    f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} "
                    f"WHEN {known} {refusal}"
                ),
            ),
            "postgresql": (
                (
                    f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger "
                    f"LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION {words}; END $$"
                ),
                f"CREATE TRIGGER {table}_unchanged BEFORE {update} ON {table} {refuse}",
                f"CREATE TRIGGER {table}_kept BEFORE DELETE OR TRUNCATE ON {table} {refuse}",
            ),
        },
        down={
            "sqlite": (),
            "postgresql": (f"DROP FUNCTION IF EXISTS {table}_refuse() CASCADE",),
        },
    )
