"""One's own log as a file: the same columns that are read back.

Notes that a spreadsheet would take for a formula are led by an apostrophe (INJ-3).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from portal.own_records.entry import Payment
from portal.own_records.read_csv import COLUMNS

_FORMULA = ("=", "+", "-", "@")
BOM = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""


def write_csv(payments: Iterable[Payment]) -> str:
    """The file's text, a row a payment; amounts are plain dollars, days are ISO dates."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for it in payments:
        writer.writerow([it.on.isoformat(), f"{it.amount:.2f}", it.how.value, _guarded(it.note)])
    return BOM + file.getvalue()


def _guarded(note: str) -> str:
    """A note that no spreadsheet takes for a formula. One that begins as a guarded note does is
    guarded once more, so that it is read back as it was."""
    bare = note.lstrip("' ")
    return f"'{note}" if bare.startswith(_FORMULA) else note
