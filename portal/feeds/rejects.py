"""``rejects.csv``: every row that was rejected and every value that loads with a warning.

Personal data never gets in: a personal column's value is masked, and so is whatever looks like a
Social Security number in any other column (LOG-1). A value that a spreadsheet would take for a
formula is disarmed (INJ-3).
"""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path
from types import TracebackType

from portal.feeds.manifest import NAME as MANIFEST
from portal.feeds.schema import BY_NAME
from portal.security.formulas import guarded

COLUMNS = ("severity", "file", "line", "column", "value", "reason")
REJECTED = "rejected"
WARNING = "warning"
MASK = "***"
_LONGEST_VALUE = 60
_SSN_LIKE = re.compile(r"(?<!\d)\d{3}[- ]?\d{2}[- ]?\d{4}(?!\d)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PERSONAL = {
    (file.name, column.name)
    for file in BY_NAME.values()
    for column in file.columns
    if column.personal
}
_FREE_TEXT = frozenset({"note", "reason", "text", "subject", "payer_name", "reference"})


class Rejects:
    """Writes the findings of one run and counts them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        """Rejected rows: a row counts once however many of its values are wrong."""
        self.warnings = 0
        self.by_file: dict[str, int] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._temporary = path.with_suffix(".writing")
        self._file = self._temporary.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(COLUMNS)

    def __enter__(self) -> Rejects:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Bring the file safely to disk under its name; nothing more can be written."""
        if self._file.closed:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._temporary.replace(self.path)

    def rejected(
        self, file: str, line: int | None, column: str, value: object, reason: str, rows: int = 1
    ) -> None:
        """Write down a rejected row; ``rows=0`` for a further finding on the same row."""
        self.rows += rows
        self.by_file[file] = self.by_file.get(file, 0) + rows
        self._write(REJECTED, file, line, column, value, reason)

    def warning(self, file: str, line: int | None, column: str, value: object, reason: str) -> None:
        """Write down what loads all the same."""
        self.warnings += 1
        self._write(WARNING, file, line, column, value, reason)

    def _write(
        self, severity: str, file: str, line: int | None, column: str, value: object, reason: str
    ) -> None:
        shown = masked(file, column, "" if value is None else str(value))
        # A finding on the extract as a whole names its manifest.
        name = file if file == MANIFEST else f"{file}.csv"
        self._writer.writerow(
            (severity, guarded(name), line or "", guarded(column), shown, guarded(reason))
        )


def masked(file: str, column: str, value: str) -> str:
    """``value`` as it may be written down: short, without personal data, harmless in a
    spreadsheet.
    """
    if not value:
        return ""
    if (file, column) in _PERSONAL or column in _FREE_TEXT:
        return MASK
    shown = _CONTROL.sub("?", _SSN_LIKE.sub(MASK, value))
    if len(shown) > _LONGEST_VALUE:
        shown = shown[:_LONGEST_VALUE] + "…"
    return guarded(shown)
