"""The orders of a case, and what they come to this month, next month and this year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.record.read_case import OrderRow, read_orders
from portal.rules.calendar import MonthDue, due_in_month, next_month, total_due
from portal.rules.disclosure import Datum, Shown, shown
from portal.rules.money import ZERO
from portal.rules.vocabulary import Frequency, OrderKind


@dataclass(frozen=True, slots=True)
class Order:
    """An order as shown. Sums are dollars; they are zero for an order that is over."""

    kind: OrderKind
    amount: Decimal
    frequency: Frequency
    effective_on: date
    ended_on: date | None
    """None where no end is set: systems of record write December 31, 9999 for it."""
    court: str | None
    docket: str | None
    is_current: bool
    this_month: MonthDue
    next_month: MonthDue
    this_year: Decimal
    order_id: str
    """By which a charge names its order; never shown."""


def orders_shown(session: Session, view: CaseView) -> tuple[Order, ...]:
    """Every order whose span overlaps a role's: current ones first, by kind, the newest first."""
    rows = (
        row
        for row in read_orders(session, view.case_id)
        if view.viewer_over(row.effective_on, row.ended_on) is not None
    )
    kinds = list(OrderKind)
    shown_orders = (_shown(row, view) for row in rows)
    return tuple(sorted(shown_orders, key=lambda it: (not it.is_current, kinds.index(it.kind))))


def orders_by_id(session: Session, view: CaseView) -> Mapping[str, Order]:
    """The orders that show, by what charges call them."""
    return {order.order_id: order for order in orders_shown(session, view)}


def due_this_month(orders: Iterable[Order]) -> Decimal:
    """What falls due this month. An order to pay off arrears is a line of its own, not in it."""
    dues = (it.this_month.total for it in orders if it.kind is not OrderKind.ARREARS)
    return sum(dues, ZERO)


@dataclass(frozen=True, slots=True)
class DueIn:
    """What all current orders come to, in dollars; orders to pay off arrears are not in it."""

    this_month: Decimal
    next_month: Decimal
    this_year: Decimal


def due_in(orders: Iterable[Order]) -> DueIn:
    """This month, next month and this year."""
    counted = [it for it in orders if it.kind is not OrderKind.ARREARS]
    return DueIn(
        due_this_month(counted),
        sum((it.next_month.total for it in counted), ZERO),
        sum((it.this_year for it in counted), ZERO),
    )


def _shown(row: OrderRow, view: CaseView) -> Order:
    runs = not view.is_closed and view.ended_on is None
    in_force = row.effective_on <= view.today <= (row.ended_on or date.max)
    billing, today = view.agency.billing, view.today
    nothing = MonthDue(row.frequency, row.amount, ())
    year = (row,) if runs else ()
    sees_court = shown(Datum.COURT_AND_DOCKET, view.viewer) is Shown.YES
    return Order(
        row.kind,
        row.amount,
        row.frequency,
        row.effective_on,
        None if row.ended_on == date.max else row.ended_on,
        row.court if sees_court else None,
        row.docket if sees_court else None,
        runs and in_force,
        due_in_month(row, today, billing) if runs else nothing,
        due_in_month(row, next_month(today), billing) if runs else nothing,
        total_due(year, date(today.year, 1, 1), date(today.year, 12, 31), billing),
        row.order_id,
    )
