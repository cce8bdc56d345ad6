"""Building the next record on SQLite: a file of its own, and a working file beside it.

Neither is journalled: until the switch nobody reads them, and what a crash leaves behind the next
load removes. Rows that come in the order of their key are appended to a working table that is
kept in that order; the others wait in a heap and are sorted in afterwards. So every join that
follows walks through both tables in one order, and memory stays that of two page caches however
long the files are.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import lt
from pathlib import Path
from typing import Any

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from portal.database import RecordBase
from portal.feeds.builder import Parameters, Row
from portal.feeds.kinds import Values
from portal.feeds.schema import File
from portal.feeds.staging import keys_of, quoted, staged_columns
from portal.record.current import fsync

CACHE_KIB = 8_000
SORTER_KIB = 8_000
"""How much a sort keeps in memory; SQLite takes it from the cache of the main database."""
BUILDING = "building"
STAGING = "staging"


class SqliteBuilder:
    """See :class:`portal.feeds.builder.Builder`."""

    def __init__(self, folder: Path, name: str, old: str, *, copies: bool) -> None:
        """:param copies: begin as a copy of the record ``old`` (for a delta), else empty."""
        self._folder = folder
        self._target = folder / f"{name}.db"
        self._building = folder / f"{name}.{BUILDING}"
        self._staging = folder / f"{name}.{STAGING}"
        for path in (self._building, self._staging):
            path.unlink(missing_ok=True)
        before = folder / f"{old}.db"
        if copies:
            shutil.copyfile(before, self._building)
        self._last: dict[str, Any] = {}
        self._heaps: set[str] = set()
        self._raw = sqlite3.connect("file::memory:", uri=True, isolation_level=None)
        # Sorts that do not fit in memory stay on the installation's own disk.
        self._raw.execute(f"PRAGMA temp_store_directory = '{_quoted_path(folder)}'")
        self._raw.execute(f"PRAGMA main.cache_size=-{SORTER_KIB}")
        self._attach("record", self._building)
        self._attach("stage", self._staging)
        self._raw.execute("ATTACH DATABASE ? AS old", (f"file:{before}?mode=ro&immutable=1",))
        self._raw.execute("BEGIN")
        if not copies:
            for table in RecordBase.metadata.sorted_tables:
                self.run(str(CreateTable(table).compile(dialect=sqlite.dialect())))

    def _attach(self, schema: str, path: Path) -> None:
        self._raw.execute("ATTACH DATABASE ? AS " + schema, (str(path),))
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            "locking_mode=EXCLUSIVE",
            f"cache_size=-{CACHE_KIB}",
        ):
            self._raw.execute(f"PRAGMA {schema}.{pragma}")

    def run(self, statement: str, parameters: Parameters | None = None) -> int:
        return self._raw.execute(statement, parameters or {}).rowcount

    def rows(self, statement: str, parameters: Parameters | None = None) -> Iterator[Row]:
        return self._raw.execute(statement, parameters or {})

    def stage(self, file: File) -> None:
        columns = quoted(staged_columns(file))
        key = quoted(file.key)
        self.run(
            f"CREATE TABLE stage.{file.name} ({columns}, line, PRIMARY KEY ({key})) WITHOUT ROWID"
        )

    def stage_keys(self, table: str, file: File) -> None:
        key = quoted(file.key)
        self.run(f"CREATE TABLE stage.{table} ({key}, line, PRIMARY KEY ({key})) WITHOUT ROWID")

    def add(self, file: File, columns: Mapping[str, Values], lines: Sequence[int]) -> None:
        if not lines:
            return
        names = staged_columns(file)
        rows = zip(*(columns[name] for name in names), lines, strict=True)
        keys = keys_of(file, columns)
        if self._goes_on(file.name, keys):
            self._last[file.name] = keys[-1]
            self.insert(f"stage.{file.name}", (*names, "line"), rows)
        else:
            self._add_unordered(file, list(rows), keys)

    def _goes_on(self, name: str, keys: Sequence[Any]) -> bool:
        """Whether the keys rise, each above the one before."""
        last = self._last.get(name)
        if last is not None and not last < keys[0]:
            return False
        return all(map(lt, keys, islice(keys, 1, None)))

    def _add_unordered(self, file: File, rows: list[Row], keys: Sequence[Any]) -> None:
        """Append what rises once the chunk is sorted; the rest waits in the heap."""
        last = self._last.get(file.name)
        rising: list[Row] = []
        waiting: list[Row] = []
        for index in sorted(range(len(keys)), key=keys.__getitem__):
            if last is None or last < keys[index]:
                rising.append(rows[index])
                last = keys[index]
            else:
                waiting.append(rows[index])
        self._last[file.name] = last
        names = (*staged_columns(file), "line")
        self.insert(f"stage.{file.name}", names, rising)
        if waiting and file.name not in self._heaps:
            self._heaps.add(file.name)
            self.run(f"CREATE TABLE stage.{file.name}_heap ({quoted(names)})")
        if waiting:
            self.insert(f"stage.{file.name}_heap", names, waiting)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        marks = ",".join("?" * len(columns))
        self._raw.executemany(f"INSERT INTO {table} ({quoted(columns)}) VALUES ({marks})", rows)

    def repeated(self, file: File) -> Iterator[Row]:
        if file.name not in self._heaps:
            return
        table, heap, twice = (f"stage.{file.name}{suffix}" for suffix in ("", "_heap", "_twice"))
        key = quoted(file.key)
        same = " AND ".join(f't."{name}" = h."{name}"' for name in file.key)
        names = quoted(staged_columns(file))
        self.run(f"CREATE TABLE {twice} ({key}, PRIMARY KEY ({key})) WITHOUT ROWID")
        found = self.run(
            f"INSERT INTO {twice} SELECT {key} FROM {heap} GROUP BY {key} HAVING COUNT(*) > 1"
            f" UNION SELECT {quoted(file.key, 'h')}"
            f" FROM {heap} h JOIN {table} t ON {same}"
        )
        if found:
            is_twice = f"({key}) IN (SELECT {key} FROM {twice})"
            case = "case_id" if file.has_case else "NULL"
            yield from self._raw.execute(
                f"SELECT line, {case}, {key} FROM {heap} WHERE {is_twice} UNION ALL"
                f" SELECT line, {case}, {key} FROM {table} WHERE {is_twice} ORDER BY 1"
            )
            for each in (table, heap):
                self.run(f"DELETE FROM {each} WHERE {is_twice}")
        self.run(f"INSERT INTO {table} SELECT {names}, line FROM {heap} ORDER BY {key}")
        self.run(f"DROP TABLE {heap}")
        self._heaps.discard(file.name)

    def absent(self, target: str, keys: set[object]) -> set[object]:
        wanted = json.dumps(list(keys))
        return keys - {
            row[0] if len(row) == 1 else tuple(row)
            for row in self._raw.execute(_PRESENT[target], (wanted,))
        }

    def create_indexes(self, table: str) -> None:
        for index in sorted(RecordBase.metadata.tables[f"record.{table}"].indexes, key=str):
            self.run(str(CreateIndex(index, if_not_exists=True).compile(dialect=sqlite.dialect())))

    def private(self, ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        raw = sqlite3.connect(f"file:{self._target}?mode=ro&immutable=1", uri=True)
        try:
            yield from raw.execute(
                "SELECT participant_id, private FROM participants"
                " WHERE participant_id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            )
        finally:
            raw.close()

    def finish(self) -> None:
        self._raw.execute("COMMIT")
        self._raw.close()
        self._staging.unlink(missing_ok=True)
        fsync(self._building)
        os.replace(self._building, self._target)
        fsync(self._target)

    def discard(self) -> None:
        self._raw.close()
        for path in (self._building, self._staging):
            path.unlink(missing_ok=True)


def _quoted_path(path: Path) -> str:
    return str(path).replace("'", "''")


_PRESENT = {
    "participants": "SELECT participant_id FROM record.participants"
    " WHERE participant_id IN (SELECT value FROM json_each(?))",
    "cases": "SELECT case_id FROM record.cases WHERE case_id IN (SELECT value FROM json_each(?))",
    "orders": "SELECT o.case_id, o.order_id FROM json_each(?) j CROSS JOIN record.orders o"
    " ON o.case_id = json_extract(j.value, '$[0]') AND o.order_id = json_extract(j.value, '$[1]')",
}
