"""What a row may refer to: rows that are in the next record and were not rejected by this load."""

from __future__ import annotations

from collections.abc import Sequence

from portal.feeds.builder import Builder
from portal.feeds.schema import File

MOST_REMEMBERED = 100_000
"""Keys remembered by file: bounded, so that memory stays flat; forgotten ones are looked up
again.
"""


class References:
    """Keys that are there, and keys that were rejected."""

    def __init__(self, builder: Builder, *, delta: bool) -> None:
        self._builder = builder
        self._delta = delta
        self._known: dict[str, set[object]] = {}
        self._lost: list[tuple[str, int]] = []
        self._rejected: list[tuple[str, str]] = []

    def begin(self) -> None:
        """Make the tables of rejected keys and of cases that lost a row."""
        self._builder.run("CREATE TABLE stage.lost (case_id VARCHAR(300), row_count BIGINT)")
        self._builder.run("CREATE TABLE stage.rejected (tbl VARCHAR(32), id VARCHAR(300))")

    def missing(self, target: str, keys: set[object]) -> set[object]:
        """Those of ``keys`` that cannot be referred to in ``target``."""
        known = self._known.setdefault(target, set())
        unknown = keys - known
        if not unknown:
            return unknown
        absent = self._builder.absent(target, unknown)
        if self._delta:
            absent |= self._rejected_of(target, unknown)
        if len(known) > MOST_REMEMBERED:
            known.clear()
        known |= unknown - absent
        return absent

    def _rejected_of(self, target: str, keys: set[object]) -> set[object]:
        by_key = {key[1] if isinstance(key, tuple) else key: key for key in keys}
        found = self._builder.rows(
            "SELECT id FROM stage.rejected WHERE tbl = :tbl", {"tbl": target}
        )
        return {by_key[row[0]] for row in found if row[0] in by_key}

    def reject(self, file: File, keys: Sequence[str], cases: Sequence[str]) -> None:
        """Remember rejected rows: their keys, and the cases that lost them."""
        self._lost.extend((case_id[:300], 1) for case_id in cases if case_id)
        if self._delta:
            self._rejected.extend((file.name, key[:300]) for key in keys if key)
        if len(self._lost) + len(self._rejected) > 10_000:
            self.flush()

    def flush(self) -> None:
        """Write what was remembered to the working tables."""
        self._builder.insert("stage.lost", ("case_id", "row_count"), self._lost)
        self._builder.insert("stage.rejected", ("tbl", "id"), self._rejected)
        self._lost, self._rejected = [], []
