"""``removals.csv`` of a delta: rows that go before the upserts come.

Each removal is taken apart into the key columns of its file (``stage.removed_<file>``). Payments
and allocations go as units with :mod:`portal.feeds.payments`; outcomes stay once they are loaded.
"""

from __future__ import annotations

from portal.feeds.builder import Builder
from portal.feeds.errors import FileRefused
from portal.feeds.kinds import is_key, real_date
from portal.feeds.rejects import Rejects
from portal.feeds.schema import (
    ALLOCATIONS,
    BY_NAME,
    FILES,
    OUTCOMES,
    PAYMENTS,
    REMOVALS,
    File,
    Kind,
)
from portal.feeds.staging import quoted

_BATCH = 5_000


def key_parts(table: str, key: str) -> tuple[str, ...] | None:
    """The key columns' values of a removal, or None where it cannot be a key of that file."""
    file = BY_NAME.get(table)
    if file is None:
        return None
    parts = tuple(key.split("|"))
    if len(parts) != len(file.key):
        return None
    kinds = {column.name: column.kind for column in file.columns}
    for name, part in zip(file.key, parts, strict=True):
        sound = real_date(part) if kinds[name] is Kind.DATE else is_key(part)
        if not sound:
            return None
    return parts


def make_tables(builder: Builder) -> None:
    """The working tables of removals, one a file, empty."""
    for file in FILES:
        builder.stage_keys(f"removed_{file.name}", file)


def apply(builder: Builder, rejects: Rejects) -> None:
    """Take the removed rows out of the record; warn of those that are not there."""
    split: dict[str, list[tuple[object, ...]]] = {}
    for table, key, line in builder.rows(
        'SELECT "table", "key", line FROM stage.removals ORDER BY line'
    ):
        parts = key_parts(table, key)
        assert parts is not None  # the validator saw to it
        batch = split.setdefault(table, [])
        batch.append((*parts, line))
        if len(batch) >= _BATCH:
            _flush(builder, table, batch)
    for table, batch in split.items():
        _flush(builder, table, batch)
        _warn_absent(builder, rejects, BY_NAME[table])
    for file in FILES:
        if file not in (PAYMENTS, ALLOCATIONS, OUTCOMES) and file.name in split:
            key = quoted(file.key)
            builder.run(
                f"DELETE FROM record.{file.name} WHERE ({key})"
                f" IN (SELECT {key} FROM stage.removed_{file.name})"
            )


def _flush(builder: Builder, table: str, batch: list[tuple[object, ...]]) -> None:
    builder.insert(f"stage.removed_{table}", (*BY_NAME[table].key, "line"), batch)
    batch.clear()


def _warn_absent(builder: Builder, rejects: Rejects, file: File) -> None:
    where = ""
    if file is not OUTCOMES:
        same = " AND ".join(f't."{name}" = r."{name}"' for name in file.key)
        where = f"WHERE NOT EXISTS (SELECT 1 FROM record.{file.name} t WHERE {same})"
    reason = "stays once it is loaded" if file is OUTCOMES else "is not there to be removed"
    columns = quoted(file.key, "r")
    for line, *key in builder.rows(
        f"SELECT r.line, {columns} FROM stage.removed_{file.name} r {where} ORDER BY r.line"
    ):
        rejects.warning(REMOVALS.name, line, "key", "|".join(map(str, key)), reason)


def refuse_in_use(builder: Builder) -> None:
    """Refuse the removal of a row that others of the result still refer to.

    :raises FileRefused: naming the line of removals.csv.
    """
    for child in FILES:
        if child is OUTCOMES:
            continue
        for column in child.columns:
            if column.refers is not None:
                _refuse_used_by(builder, column.refers, child.name, column.name)


def _refuse_used_by(builder: Builder, target: str, child: str, column: str) -> None:
    key = BY_NAME[target].key[0]
    removed = f"stage.removed_{target}"
    if not any(True for _ in builder.rows(f"SELECT 1 FROM {removed} LIMIT 1")):
        return
    # The working table is the inner one: the child's table is walked through once.
    found = builder.rows(
        f"SELECT r.line, r.{key} FROM record.{child} c CROSS JOIN {removed} r"
        f" WHERE r.{key} = c.{column}"
        f" AND NOT EXISTS (SELECT 1 FROM record.{target} t WHERE t.{key} = r.{key}) LIMIT 1"
    )
    for line, value in found:
        raise FileRefused(REMOVALS.filename, f"{target} {value} is still used by {child}.csv", line)
