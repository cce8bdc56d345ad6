"""Tables as CSV: days are ISO dates, amounts are plain dollars, no text is a formula (INJ-3)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from portal.security.formulas import guarded

Cell = str | int | Decimal | date | None
_BOM = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""


def csv_text(rows: Iterable[Iterable[Cell]]) -> str:
    """The text of a file: a line a row, the names of the columns first."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return _BOM + file.getvalue()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    # Our words are made when they are written, so they are not a str yet.
    return str(cell) if isinstance(cell, int) else guarded(str(cell))
