"""One's own log as a file: the same columns that are read back."""

from __future__ import annotations

from collections.abc import Iterable

from portal.own_records.entry import Payment
from portal.own_records.read_csv import COLUMNS
from portal.web.csv_text import csv_text


def write_csv(payments: Iterable[Payment]) -> str:
    """The file's text, a row a payment."""
    return csv_text([COLUMNS, *((it.on, it.amount, it.how.value, it.note) for it in payments)])
