"""The ledger as CSV: a row a line, opening with what was owed; a source as a copy may say it.

Cells of text that a spreadsheet would take for a formula are led by an apostrophe (INJ-3).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from portal.cases import words
from portal.cases.explain_words import GROUPS, line_name, reason_in_words
from portal.cases.payments_csv import BOM, guarded
from portal.ledger.case_view import CaseView
from portal.ledger.explained import Explained, ExplainedMonth
from portal.ledger.lines import Line
from portal.ledger.payments import Payment


def how_csv(view: CaseView, shown: Explained, payments: Iterable[Payment]) -> str:
    """The file's text, the oldest line first; amounts are plain dollars, days are ISO dates."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    by_id = {payment.payment_id: payment for payment in payments}
    for row in (_header(), *_rows(view, shown, by_id)):
        writer.writerow(
            [guarded(cell) if number in _TEXT else cell for number, cell in enumerate(row)]
        )
    return BOM + file.getvalue()


_TEXT = frozenset({1, 2, 6})
"""Columns of words."""


def _header() -> list[str]:
    return [
        _("Date"),
        _("What happened"),
        _("For"),
        _("Change"),
        _("Owed for this afterward"),
        _("Owed in all afterward"),
        _("Source or reason"),
    ]


def _rows(view: CaseView, shown: Explained, payments: dict[str, Payment]) -> Iterator[list[str]]:
    for month in shown.months:
        if month.opens_section:
            yield from _opening(month)
        for line in month.lines:
            yield _row(view, line, payments)
    for category, amount in shown.rest.items():
        record = shown.months[-1].closing.get(category, Decimal(0)) + amount
        cells = [str(GROUPS[category]), f"{amount:.2f}", f"{record:.2f}", "", ""]
        yield [_iso(shown.as_of), _("What we cannot explain"), *cells]


def _opening(month: ExplainedMonth) -> Iterator[list[str]]:
    day, total = _iso(month.opens_on), f"{month.owed_at_opening:.2f}"
    yield [day, _("Owed on this day"), _("All together"), "", "", total, ""]
    for category, amount in month.opening.items():
        yield [day, _("Owed on this day"), str(GROUPS[category]), "", f"{amount:.2f}", "", ""]


def _row(view: CaseView, line: Line, payments: dict[str, Payment]) -> list[str]:
    entry = line.entry
    return [
        _iso(entry.on),
        line_name(entry),
        str(words.CATEGORIES[entry.category]),
        f"{entry.amount:.2f}",
        f"{line.owed_for:.2f}",
        f"{line.owed:.2f}",
        _about(view, line, payments),
    ]


def _about(view: CaseView, line: Line, payments: dict[str, Payment]) -> str:
    payment = payments.get(line.entry.payment_id or "")
    if payment is not None and payment.copied_source:
        return str(words.SOURCES[payment.copied_source])
    return reason_in_words(line.entry, view.viewer)


def _iso(day: date) -> str:
    return day.isoformat()
