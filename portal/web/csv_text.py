"""Tables as CSV: days are ISO dates, amounts are plain dollars, no text is a formula (INJ-3).

A text that a spreadsheet would calculate is led by an apostrophe. What stands before the sign and
is not seen does not help it, nor does an apostrophe of its own: it is led by one more, so that our
guard can be taken off again and leaves what was there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

Cell = str | int | Decimal | date | None
_BOM = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""
_FORMULA = re.compile(
    r"['\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|['\x20]*[\t\r\n]"
)
"""Also the wide signs of East Asian keyboards, which some spreadsheets take for the plain ones."""


def csv_text(rows: Iterable[Iterable[Cell]]) -> str:
    """The text of a file: a line a row, the names of the columns first."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return _BOM + file.getvalue()


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """A text as it was before it was guarded."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    # Our words are made when they are written, so they are not a str yet.
    return str(cell) if isinstance(cell, int) else guarded(str(cell))
