"""The ledger as CSV: a row a line, opening with what was owed; a source as a copy may say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from flask_babel import gettext as _

from portal.cases import words
from portal.cases.explain_words import GROUPS, line_name, reason_in_words
from portal.ledger.case_view import CaseView
from portal.ledger.explained import Explained, ExplainedMonth
from portal.ledger.lines import Line
from portal.ledger.payments import Payment
from portal.web.csv_text import Cell, csv_text


def how_csv(view: CaseView, shown: Explained, payments: Iterable[Payment]) -> str:
    """The file's text, the oldest line first."""
    by_id = {payment.payment_id: payment for payment in payments}
    return csv_text([_header(), *_rows(view, shown, by_id)])


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


def _rows(view: CaseView, shown: Explained, payments: dict[str, Payment]) -> Iterator[list[Cell]]:
    for month in shown.months:
        if month.opens_section:
            yield from _opening(month)
        for line in month.lines:
            yield _row(view, line, payments)
    for category, amount in shown.rest.items():
        record = shown.months[-1].closing.get(category, Decimal(0)) + amount
        what = shown.as_of, _("What we cannot explain"), GROUPS[category]
        yield [*what, amount, record, None, None]


def _opening(month: ExplainedMonth) -> Iterator[list[Cell]]:
    what = month.opens_on, _("Owed on this day")
    yield [*what, _("All together"), None, None, month.owed_at_opening, None]
    for category, amount in month.opening.items():
        yield [*what, GROUPS[category], None, amount, None, None]


def _row(view: CaseView, line: Line, payments: dict[str, Payment]) -> list[Cell]:
    entry = line.entry
    return [
        entry.on,
        line_name(entry),
        words.CATEGORIES[entry.category],
        entry.amount,
        line.owed_for,
        line.owed,
        _about(view, line, payments),
    ]


def _about(view: CaseView, line: Line, payments: dict[str, Payment]) -> str:
    payment = payments.get(line.entry.payment_id or "")
    if payment is not None and payment.copied_source:
        return str(words.SOURCES[payment.copied_source])
    return reason_in_words(line.entry, view.viewer)
