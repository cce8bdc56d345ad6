"""What the working tables hold: the sound rows of each file, with the line they came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from portal.database import RecordBase
from portal.feeds.kinds import Values
from portal.feeds.schema import PARTICIPANTS, File


def staged_columns(file: File) -> tuple[str, ...]:
    """The columns of a file's working table: the record's for participants, else the file's."""
    if file is PARTICIPANTS:
        return record_columns(file.name)
    return file.column_names


def record_columns(table: str) -> tuple[str, ...]:
    """The columns of a table of the record."""
    return tuple(column.name for column in RecordBase.metadata.tables[f"record.{table}"].columns)


def record_key(table: str) -> tuple[str, ...]:
    """The primary key of a table of the record: the order its rows are kept in."""
    found = RecordBase.metadata.tables[f"record.{table}"].primary_key
    return tuple(column.name for column in found)


def keys_of(file: File, columns: Mapping[str, Values]) -> Sequence[Any]:
    """The keys of the rows, to be compared: plain where they are of one column, else tuples."""
    if len(file.key) == 1:
        return columns[file.key[0]]
    return list(zip(*(columns[name] for name in file.key), strict=True))


def quoted(names: Iterable[str], of: str = "") -> str:
    """Column names for a statement, of the table named ``of``: ``on`` is a word of SQL as well."""
    prefix = f"{of}." if of else ""
    return ", ".join(f'{prefix}"{name}"' for name in names)
