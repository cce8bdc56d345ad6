"""Building the next record on PostgreSQL: a schema of its own, filled by COPY.

The working tables lie in a second schema and are not logged. Rows go into the record in the order
of its keys, so that what one page reads lies side by side. Nothing is committed before the record
is whole; a killed load leaves nothing, for the server rolls it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from psycopg import Connection, sql
from sqlalchemy import Dialect, Engine, PoolProxiedConnection
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from portal.database import RecordBase, check_record_name
from portal.feeds.builder import Parameters, Row
from portal.feeds.kinds import Values
from portal.feeds.schema import PARTICIPANTS, File, Kind
from portal.feeds.staging import quoted, record_columns, record_key, staged_columns

_DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
STAGING_SUFFIX = "_staging"
_SCHEMA = re.compile(r"\b(record|stage|old)\.(?=[a-z])")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)")
_TYPES = {
    Kind.DATE: "date",
    Kind.MONEY: "bigint",
    Kind.SIGNED_MONEY: "bigint",
    Kind.BOOLEAN: "boolean",
    Kind.MARK: "boolean",
}
_PRESENT = {
    "participants": "SELECT participant_id FROM record.participants WHERE participant_id = ANY(%s)",
    "cases": "SELECT case_id FROM record.cases WHERE case_id = ANY(%s)",
    "orders": "SELECT o.case_id, o.order_id FROM unnest(%s::text[], %s::text[]) AS w (c, o)"
    " JOIN record.orders o ON o.case_id = w.c AND o.order_id = w.o",
}


class PostgresqlBuilder:
    """See :class:`portal.feeds.builder.Builder`."""

    def __init__(self, engine: Engine, name: str, old: str, *, copies: bool) -> None:
        """:param copies: begin as a copy of the record ``old`` (for a delta), else empty."""
        self._name = check_record_name(name)
        self._schemas = {
            "record": f'"{name}".',
            "old": f'"{check_record_name(old)}".',
            "stage": f'"{name}{STAGING_SUFFIX}".',
        }
        self._engine = engine
        self._cursors = 0
        self._pooled, self._raw = _connection(engine)
        for statement in (
            "SET LOCAL TIME ZONE 'UTC'",
            f'CREATE SCHEMA "{name}"',
            f'CREATE SCHEMA "{name}{STAGING_SUFFIX}"',
        ):
            self._execute(statement)
        for table in RecordBase.metadata.sorted_tables:
            self.run(str(CreateTable(table).compile(dialect=_DIALECT)))
            if copies:
                columns = quoted(record_columns(table.name))
                self.run(
                    f"INSERT INTO record.{table.name} ({columns}) SELECT {columns}"
                    f" FROM old.{table.name} ORDER BY {quoted(record_key(table.name))}"
                )
                self.create_indexes(table.name)

    def _execute(self, statement: str, parameters: Parameters | None = None) -> int:
        return self._raw.execute(sql.SQL(statement), parameters).rowcount

    def _translated(self, statement: str) -> str:
        named = _PARAMETER.sub(r"%(\1)s", statement)
        return _SCHEMA.sub(lambda found: self._schemas[found[1]], named)

    def run(self, statement: str, parameters: Parameters | None = None) -> int:
        count = self._execute(self._translated(statement), parameters or None)
        return max(count, 0)

    def rows(self, statement: str, parameters: Parameters | None = None) -> Iterator[Row]:
        self._cursors += 1
        with self._raw.cursor(name=f"feed_{self._cursors}") as cursor:
            cursor.itersize = 5_000
            cursor.execute(sql.SQL(self._translated(statement)), parameters or None)
            yield from cursor

    def stage(self, file: File) -> None:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in _staged_types(file).items())
        self.run(f"CREATE UNLOGGED TABLE stage.{file.name} ({columns}, line bigint)")

    def stage_keys(self, table: str, file: File) -> None:
        kinds = {column.name: column.kind for column in file.columns}
        columns = ", ".join(f'"{name}" {_TYPES.get(kinds[name], "text")}' for name in file.key)
        self.run(
            f"CREATE UNLOGGED TABLE stage.{table}"
            f" ({columns}, line bigint, PRIMARY KEY ({quoted(file.key)}))"
        )

    def add(self, file: File, columns: Mapping[str, Values], lines: Sequence[int]) -> None:
        names = staged_columns(file)
        rows = zip(*(columns[name] for name in names), lines, strict=True)
        self.insert(f"stage.{file.name}", (*names, "line"), rows)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        statement = self._translated(f"COPY {table} ({quoted(columns)}) FROM STDIN")
        with self._raw.cursor() as cursor, cursor.copy(sql.SQL(statement)) as copy:
            for row in rows:
                copy.write_row(row)

    def repeated(self, file: File) -> Iterator[Row]:
        key = quoted(file.key)
        twice = f"stage.{file.name}_twice"
        found = self.run(
            f"CREATE UNLOGGED TABLE {twice} AS SELECT {key} FROM stage.{file.name}"
            f" GROUP BY {key} HAVING COUNT(*) > 1"
        )
        if found:
            is_twice = f"({key}) IN (SELECT {key} FROM {twice})"
            case = "case_id" if file.has_case else "NULL"
            yield from self.rows(
                f"SELECT line, {case}, {key} FROM stage.{file.name} WHERE {is_twice} ORDER BY line"
            )
            self.run(f"DELETE FROM stage.{file.name} WHERE {is_twice}")
        self.run(f"CREATE UNIQUE INDEX ON stage.{file.name} ({key})")
        self.run(f"ANALYZE stage.{file.name}")

    def absent(self, target: str, keys: set[object]) -> set[object]:
        statement = self._translated(_PRESENT[target])
        wanted: list[object] = [list(keys)]
        if target == "orders":
            wanted = [list(part) for part in zip(*keys, strict=True)]
        found = self._raw.execute(sql.SQL(statement), wanted)
        return keys - {row[0] if len(row) == 1 else tuple(row) for row in found}

    def create_indexes(self, table: str) -> None:
        for index in RecordBase.metadata.tables[f"record.{table}"].indexes:
            create = CreateIndex(index, if_not_exists=True)
            self.run(str(create.compile(dialect=_DIALECT)))
        self.run(f"ANALYZE record.{table}")

    def private(self, ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        statement = self._translated(
            "SELECT participant_id, private FROM record.participants WHERE participant_id = ANY(%s)"
        )
        pooled, raw = _connection(self._engine)
        try:
            yield from raw.execute(sql.SQL(statement), [list(ids)])
        finally:
            raw.rollback()
            pooled.close()

    def finish(self) -> None:
        self._execute(f'DROP SCHEMA "{self._name}{STAGING_SUFFIX}" CASCADE')
        self._raw.commit()
        self._pooled.close()

    def discard(self) -> None:
        if self._pooled.is_valid:
            self._raw.rollback()
            self._pooled.close()


def _connection(engine: Engine) -> tuple[PoolProxiedConnection, Connection]:
    pooled = engine.raw_connection()
    raw = pooled.driver_connection
    assert isinstance(raw, Connection)
    return pooled, raw


def _staged_types(file: File) -> dict[str, str]:
    if file is PARTICIPANTS:
        table = RecordBase.metadata.tables[f"record.{file.name}"]
        return {column.name: column.type.compile(_DIALECT) for column in table.columns}
    return {column.name: _TYPES.get(column.kind, "text") for column in file.columns}
