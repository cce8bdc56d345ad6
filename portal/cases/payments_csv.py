"""Payments as CSV: a copy, so it says of a source only what a copy may say.

Cells of text that a spreadsheet would take for a formula are led by an apostrophe (INJ-3).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from portal.cases import phrases, words
from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment
from portal.rules.disclosure import Datum, Shown, shown
from portal.rules.vocabulary import AllocationCategory

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""


def payments_csv(view: CaseView, payments: Iterable[Payment]) -> str:
    """The file's text, a row a payment; amounts are plain dollars, days are ISO dates."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    categories = [
        category
        for category in AllocationCategory
        if category is not AllocationCategory.REFUND or _refunds_show(view)
    ]
    writer.writerow([guarded(name) for name in _header(view, categories)])
    for payment in payments:
        writer.writerow(_row(view, payment, categories))
    return BOM + file.getvalue()


def guarded(text: str | None) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = text or ""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _header(view: CaseView, categories: Sequence[AllocationCategory]) -> list[str]:
    applied = [str(words.APPLIED[category]) for category in categories]
    names = [_("Received"), _("Amount for this case"), _("Source"), *applied]
    if view.is_payor:
        names += [_("Whole amount"), _("Withheld"), _("Sent by"), _("Reference"), _("Sent on")]
    else:
        names += [_("Sent to you"), _("Amount sent to you"), _("Sent to others")]
    return [*names, _("Status"), _("Taken back")]


def _row(view: CaseView, payment: Payment, categories: Sequence[AllocationCategory]) -> list[str]:
    source = payment.copied_source
    cells = [
        _day(payment.received_on),
        _amount(payment.part if payment.received_on else None),
        guarded(str(words.SOURCES[source]) if source else ""),
        *(_amount(payment.applied.get(category)) for category in categories),
    ]
    if view.is_payor:
        cells += [
            _amount(payment.whole),
            _day(payment.withheld_on),
            guarded(payment.payer_name),
            guarded(payment.reference),
            _day(payment.sent_on),
        ]
    else:
        mine = [sent for sent in payment.sendings if sent.to_oneself]
        others = [sent for sent in payment.sendings if not sent.to_oneself]
        cells += [
            _day(mine[-1].issued_on if mine else None),
            _amount(mine[-1].amount if mine else None),
            _amount(sum((it.amount or Decimal(0) for it in others), Decimal("0.00")))
            if others
            else "",
        ]
    return [*cells, guarded(phrases.status_in_words(view, payment)), _day(payment.reversed_on)]


def _refunds_show(view: CaseView) -> bool:
    """Whether refunds have a column: only where the table shows them."""
    return shown(Datum.REFUND, view.viewer) is not Shown.NEVER


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"
