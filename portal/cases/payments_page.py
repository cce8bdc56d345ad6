"""The payments list: what the filter lets through, by pages, with totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.cases.forms import PaymentFilter, filtered
from portal.cases.page import payment_address
from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment
from portal.rules.money import ZERO
from portal.web.paging import cut

A_PAGE = 20


@dataclass(frozen=True, slots=True)
class PaymentsPage:
    """One page of the list, and the sums of all its pages."""

    all: Sequence[Payment]
    shown: Sequence[tuple[Payment, str]]
    """The page's payments, each with its address."""
    page: int
    pages: int
    total: Decimal
    """For this case, without what was taken back."""
    whole_total: Decimal | None
    arguments: dict[str, str]
    """The filter, as the addresses of the other pages and of the CSV carry it."""


def payments_page(
    view: CaseView, payments: Sequence[Payment], form: PaymentFilter, page: int = 1
) -> PaymentsPage:
    """Filter and page. A filter with an error lets everything through; a page past the end is
    the last one."""
    found = list(payments)
    arguments: dict[str, str] = {}
    if form.validate():
        first, last = form.first.data, form.last.data
        source, status = form.source.data or "", form.status.data or ""
        found = filtered(found, first, last, source, status)
        arguments = _arguments(first, last, source, status)
    shown = cut(len(found), A_PAGE, page)
    wholes = [it.whole for it in found if it.whole is not None and it.reversed_on is None]
    return PaymentsPage(
        found,
        [(it, payment_address(view, it)) for it in shown.of(found)],
        shown.page,
        shown.pages,
        sum((it.part for it in found if it.reversed_on is None), ZERO),
        sum(wholes, ZERO) if view.is_payor else None,
        arguments,
    )


def _arguments(first: date | None, last: date | None, source: str, status: str) -> dict[str, str]:
    values = {
        "from": first.isoformat() if first else "",
        "to": last.isoformat() if last else "",
        "source": source,
        "status": status,
    }
    return {name: value for name, value in values.items() if value}
