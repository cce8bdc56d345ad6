"""Orders against charges: what fell due and was not charged, or was charged and did not fall due.

Only months whose sum differs are looked into: an agency may date a charge a day later, and nothing
is wrong with that. (Due dates: the agency's published billing cycle.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.rules.agency import Billing
from portal.rules.calendar import Terms, due_dates, first_of_month
from portal.rules.money import ZERO
from portal.rules.recompute_books import FALLS_DUE_AS, carried_since
from portal.rules.recompute_facts import (
    CaseRecord,
    ChargeFact,
    Difference,
    DifferenceKind,
    OrderFact,
)
from portal.rules.vocabulary import Category, ChargeKind

_AFTER_END = DifferenceKind.CHARGED_AFTER_END
_CHANGE = DifferenceKind.ORDER_CHANGE_NOT_CHARGED


@dataclass(frozen=True, slots=True)
class _Day:
    """What one day should bring in one category, and what the record has."""

    day: date
    orders: tuple[OrderFact, ...]
    rows: tuple[ChargeFact, ...]

    @property
    def expected(self) -> Decimal:
        return sum((order.amount for order in self.orders), ZERO)

    @property
    def record(self) -> Decimal:
        return sum((row.amount for row in self.rows), ZERO)

    @property
    def is_right(self) -> bool:
        """Orders that overlap may each replace or join the other: either is taken as right."""
        return self.record == self.expected or (
            len(self.orders) > 1 and self.record in {order.amount for order in self.orders}
        )


def charge_differences(case: CaseRecord, billing: Billing) -> Iterator[Difference]:
    """Differences between orders and charges, month by month."""
    for category in dict.fromkeys(FALLS_DUE_AS.values()):
        orders = [it for it in case.orders if FALLS_DUE_AS.get(it.kind) is category]
        if orders:
            yield from _of_category(case, category, orders, billing)


def _of_category(
    case: CaseRecord, category: Category, orders: list[OrderFact], billing: Billing
) -> Iterator[Difference]:
    since = carried_since(case)
    if since is None:
        return
    first = max(since, case.opened_on)
    last = min(case.as_of, case.closed_on or date.max)
    days = _days(case, category, orders, first, last, billing)
    if not any(day.orders and day.rows for day in days):
        return  # the agency's due dates are others than the profile's: nothing to compare
    by_month: dict[date, list[_Day]] = defaultdict(list)
    for day in days:
        by_month[first_of_month(day.day)].append(day)
    for month, of_month in sorted(by_month.items()):
        if sum((day.record - day.expected for day in of_month), ZERO):
            yield from _of_month(month, category, of_month, orders, billing)


def _days(
    case: CaseRecord,
    category: Category,
    orders: list[OrderFact],
    first: date,
    last: date,
    billing: Billing,
) -> list[_Day]:
    due: dict[date, list[OrderFact]] = defaultdict(list)
    for order in orders:
        for day in due_dates(order, first, last, billing):
            due[day].append(order)
    rows: dict[date, list[ChargeFact]] = defaultdict(list)
    for row in case.charges:
        judged = row.kind is ChargeKind.CHARGE and row.category is category
        if judged and first <= row.due_on <= last:
            rows[row.due_on].append(row)
    days = sorted(due.keys() | rows.keys())
    found = (
        _Day(day, tuple(due.get(day, ())), tuple(sorted(rows.get(day, ()), key=_by_id)))
        for day in days
    )
    # What falls due on the record's own day may be charged in the night after.
    return [day for day in found if day.rows or day.day < case.as_of]


def _of_month(
    month: date, category: Category, days: list[_Day], orders: list[OrderFact], billing: Billing
) -> Iterator[Difference]:
    found: dict[DifferenceKind, list[_Day]] = defaultdict(list)
    for day in days:
        if not day.is_right:
            found[_kind(day, orders, billing)].append(day)
    if _CHANGE in found:  # the new order's own days are missing for the same reason
        found[_CHANGE].extend(found.pop(DifferenceKind.NOT_CHARGED, ()))
    for kind, wrong in found.items():
        ids = tuple(row.charge_id for day in wrong for row in _named(kind, day))
        yield Difference(
            kind,
            month,
            category,
            sum((day.record for day in wrong), ZERO),
            sum((day.expected for day in wrong), ZERO),
            charge_id=ids[0] if ids else None,
            charge_ids=ids,
        )


def _named(kind: DifferenceKind, day: _Day) -> tuple[ChargeFact, ...]:
    """The rows to point at: of a charge made twice, the second one."""
    return day.rows[1:] if kind is DifferenceKind.CHARGED_TWICE else day.rows


def _kind(day: _Day, orders: list[OrderFact], billing: Billing) -> DifferenceKind:
    if not day.rows:
        return DifferenceKind.NOT_CHARGED
    if day.orders:
        return _of_wrong_amount(day, orders)
    return _of_no_order(day, orders, billing)


def _of_wrong_amount(day: _Day, orders: list[OrderFact]) -> DifferenceKind:
    amounts = {row.amount for row in day.rows}
    if len(day.rows) > len(day.orders) and amounts <= {order.amount for order in day.orders}:
        return DifferenceKind.CHARGED_TWICE
    earlier = {it.amount for it in orders if it.ended_on is not None and it.ended_on < day.day}
    if day.record in earlier:
        return _CHANGE
    return DifferenceKind.WRONG_AMOUNT


def _of_no_order(day: _Day, orders: list[OrderFact], billing: Billing) -> DifferenceKind:
    """A charge where no order falls due: one that had ended, or had not begun, or a stray one."""
    in_force = any(it.effective_on <= day.day <= (it.ended_on or date.max) for it in orders)
    for order in orders:
        ended = order.ended_on is not None and order.ended_on < day.day
        went_on = Terms(order.amount, order.frequency, order.effective_on)
        if ended and day.record == order.amount and due_dates(went_on, day.day, day.day, billing):
            return _CHANGE if in_force else _AFTER_END
    if all(order.effective_on > day.day for order in orders):
        return DifferenceKind.CHARGED_BEFORE_START
    return DifferenceKind.WRONG_AMOUNT if in_force else _AFTER_END


def _by_id(row: ChargeFact) -> tuple[Decimal, str]:
    return row.amount, row.charge_id
