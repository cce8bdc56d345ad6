"""The port behind which a record is built: SQLite and PostgreSQL each have one.

Statements name the tables of the next record ``record.<table>``, those of the current one
``old.<table>`` and the working tables ``stage.<table>``; a builder puts its own schema names in
their place. Parameters are ``:name``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from portal.feeds.kinds import Values
from portal.feeds.schema import File

Row = Sequence[Any]
Parameters = Mapping[str, object]


class Builder(Protocol):
    """The next record while it is being built."""

    def run(self, statement: str, parameters: Parameters | None = None) -> int:
        """Run one statement; the number of rows it touched."""

    def rows(self, statement: str, parameters: Parameters | None = None) -> Iterator[Row]:
        """The rows of a query, streamed."""

    def stage(self, file: File) -> None:
        """Make the working table of a file."""

    def stage_keys(self, table: str, file: File) -> None:
        """Make a working table of a file's key columns and ``line``."""

    def add(self, file: File, columns: Mapping[str, Values], lines: Sequence[int]) -> None:
        """Add sound rows to a file's working table."""

    def repeated(self, file: File) -> Iterator[Row]:
        """Take the rows whose key occurs more than once out of the working table.

        Yields each as ``(line, case or None, key columns …)``; called once, when the file is whole.
        """

    def absent(self, target: str, keys: set[object]) -> set[object]:
        """Those of ``keys`` that the record does not hold in ``target``."""

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert rows into a table of ``record.`` or ``stage.``"""

    def create_indexes(self, table: str) -> None:
        """Make a table's indexes, once its rows are in."""

    def finish(self) -> None:
        """Bring the record safely to disk."""

    def private(self, ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Participants' sealed columns in the finished record."""

    def discard(self) -> None:
        """Remove what was built."""
