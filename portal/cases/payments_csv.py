"""Payments as CSV: a copy, so it says of a source only what a copy may say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from portal.cases import phrases, words
from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment
from portal.rules.disclosure import Datum, Shown, shown
from portal.rules.money import ZERO
from portal.rules.vocabulary import AllocationCategory
from portal.web.csv_text import Cell, csv_text


def payments_csv(view: CaseView, payments: Iterable[Payment]) -> str:
    """The file's text, a row a payment."""
    categories = [
        category
        for category in AllocationCategory
        if category is not AllocationCategory.REFUND or _refunds_show(view)
    ]
    rows = (_row(view, payment, categories) for payment in payments)
    return csv_text([_header(view, categories), *rows])


def _header(view: CaseView, categories: Sequence[AllocationCategory]) -> list[str]:
    applied = [str(words.APPLIED[category]) for category in categories]
    names = [_("Received"), _("Amount for this case"), _("Source"), *applied]
    if view.is_payor:
        names += [_("Whole amount"), _("Withheld"), _("Sent by"), _("Reference"), _("Sent on")]
    else:
        names += [_("Sent to you"), _("Amount sent to you"), _("Sent to others")]
    return [*names, _("Status"), _("Taken back")]


def _row(view: CaseView, payment: Payment, categories: Sequence[AllocationCategory]) -> list[Cell]:
    source = payment.copied_source
    cells: list[Cell] = [
        payment.received_on,
        payment.part if payment.received_on else None,
        words.SOURCES[source] if source else None,
        *(payment.applied.get(category) for category in categories),
    ]
    if view.is_payor:
        cells += [
            payment.whole,
            payment.withheld_on,
            payment.payer_name,
            payment.reference,
            payment.sent_on,
        ]
    else:
        mine = [sent for sent in payment.sendings if sent.to_oneself]
        others = [sent for sent in payment.sendings if not sent.to_oneself]
        cells += [
            mine[-1].issued_on if mine else None,
            mine[-1].amount if mine else None,
            sum((it.amount or ZERO for it in others), ZERO) if others else None,
        ]
    return [*cells, phrases.status_in_words(view, payment), payment.reversed_on]


def _refunds_show(view: CaseView) -> bool:
    """Whether refunds have a column: only where the table shows them."""
    return shown(Datum.REFUND, view.viewer) is not Shown.NEVER
