"""A case by months: this month so far, and the last twelve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.ledger.balances import Balances
from portal.ledger.case_view import CaseView
from portal.ledger.orders import Order, due_this_month
from portal.ledger.payments import Payment
from portal.record.read_case import ChargeRow, read_charges
from portal.rules.calendar import end_of_month, first_of_month, months, months_before
from portal.rules.money import ZERO
from portal.rules.vocabulary import AllocationCategory, Category, ChargeKind

CURRENT = (Category.CURRENT_SUPPORT, Category.MEDICAL, Category.ALIMONY)
_TWELVE = 12


@dataclass(frozen=True, slots=True)
class ThisMonth:
    """What is due this month and what of it has come in, in dollars."""

    month: date
    orders: tuple[Order, ...]
    due: Decimal
    received: Decimal
    as_of: date

    @property
    def to_come(self) -> Decimal:
        """What is still to come."""
        return max(self.due - self.received, ZERO)


@dataclass(frozen=True, slots=True)
class Month:
    """What fell due in a month and what came in, in dollars."""

    first: date
    due: Decimal
    paid: Decimal


def this_month(
    view: CaseView, orders: Iterable[Order], payments: Iterable[Payment], balances: Balances
) -> ThisMonth:
    """This month so far: by category, what came in never counts for more than what is due."""
    due_orders = tuple(order for order in orders if order.this_month.count)
    first, last = first_of_month(view.today), end_of_month(view.today)
    parts = [
        payment.applied
        for payment in payments
        if payment.reversed_on is None
        and payment.received_on is not None
        and first <= payment.received_on <= last
    ]
    owed = balances.by_category()
    received = ZERO
    for category in CURRENT:
        orders_of_kind = [it for it in due_orders if it.kind.value == category.value]
        due = sum((it.this_month.total for it in orders_of_kind), ZERO)
        came_in = sum((it.get(AllocationCategory(category.value), ZERO) for it in parts), ZERO)
        ahead = _paid_ahead(orders_of_kind, owed.get(category, ZERO), view.as_of)
        received += min(max(came_in, ahead), due)
    return ThisMonth(first, due_orders, due_this_month(due_orders), received, view.as_of)


def _paid_ahead(orders: Iterable[Order], owed: Decimal, as_of: date) -> Decimal:
    """What a credit covers of the month: all that has fallen due so far, and the credit itself."""
    if owed >= 0:
        return ZERO
    fallen_due = (
        order.amount * sum(day <= as_of for day in order.this_month.dates) for order in orders
    )
    return sum(fallen_due, ZERO) - owed


def twelve_months(
    session: Session, view: CaseView, payments: Sequence[Payment]
) -> tuple[Month, ...]:
    """The last twelve months up to now, or up to the end of the role, the oldest first."""
    if not view.windows:
        return ()
    last = min(view.today, view.ended_on or date.max)
    first = months_before(last, _TWELVE - 1)
    first = max(first, first_of_month(view.opens_on))
    charges = read_charges(session, view.case_id, max(first, view.opens_on), view.as_of)
    shown = [row for row in charges if view.viewer_on(row.due_on) is not None]
    return tuple(_month(month, shown, payments) for month in months(first, last))


def _month(first: date, charges: Iterable[ChargeRow], payments: Iterable[Payment]) -> Month:
    last = end_of_month(first)
    due = sum(
        (
            row.amount
            for row in charges
            if first <= row.due_on <= last
            and row.kind is ChargeKind.CHARGE
            and row.category in CURRENT
        ),
        ZERO,
    )
    paid = sum(
        (
            it.received_in
            for it in payments
            if it.received_on is not None and first <= it.received_on <= last
        ),
        ZERO,
    )
    return Month(first, due, paid)
