"""The state of a case at any moment, summed from the record's own rows.

The same equation as the balances': charges due by then, less what was applied by then of payments
received and not reversed by then; current support and arrears count together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from portal.rules.agency import Billing
from portal.rules.calendar import due_in_month, end_of_month, first_of_month
from portal.rules.money import ZERO
from portal.rules.recompute_facts import CaseRecord, ChargeFact, OrderFact, PaymentFact
from portal.rules.vocabulary import (
    NOT_APPLIED,
    SUPPORT,
    AllocationCategory,
    Category,
    ChargeKind,
    OrderKind,
    Source,
)

FALLS_DUE_AS: Mapping[OrderKind, Category] = {
    OrderKind.CURRENT_SUPPORT: Category.CURRENT_SUPPORT,
    OrderKind.MEDICAL: Category.MEDICAL,
    OrderKind.ALIMONY: Category.ALIMONY,
}
"""What an order's amounts fall due as. An order to pay off arrears brings no charge of its own."""


class Books:
    """One case's running sums by group (support together, every other category alone)."""

    def __init__(self, case: CaseRecord) -> None:
        self.case = case
        self.payments = tuple(sorted(case.payments, key=_order))
        self._days: dict[Category, list[date]] = {}
        self._sums: dict[Category, list[Decimal]] = {}
        moves: dict[Category, dict[date, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
        for charge in case.charges:
            moves[group_of(charge.category)][charge.due_on] += charge.amount
        for payment in self.payments:
            for category, amount in applied(payment).items():
                moves[group_of(category)][payment.received_on] -= amount
                if payment.reversed_on is not None:
                    moves[group_of(category)][payment.reversed_on] += amount
        for group, by_day in moves.items():
            owed, self._days[group], self._sums[group] = ZERO, sorted(by_day), []
            for day in self._days[group]:
                owed += by_day[day]
                self._sums[group].append(owed)
        self.since = carried_since(case)
        self._due: dict[tuple[Category, date], Decimal] = {}
        self._charged_in: dict[date, list[ChargeFact]] = defaultdict(list)
        for charge in case.charges:
            self._charged_in[first_of_month(charge.due_on)].append(charge)
        self._received_in: dict[date, list[PaymentFact]] = defaultdict(list)
        self._reversed_in: dict[date, list[PaymentFact]] = defaultdict(list)
        for payment in self.payments:
            self._received_in[first_of_month(payment.received_on)].append(payment)
            if payment.reversed_on is not None:
                self._reversed_in[first_of_month(payment.reversed_on)].append(payment)

    @property
    def groups(self) -> Iterable[Category]:
        """The groups in which anything was ever owed or applied."""
        return self._days.keys()

    def owed(self, group: Category, day: date) -> Decimal:
        """What is owed of a group at the end of a day, in dollars; a credit is negative."""
        place = bisect_right(self._days.get(group, ()), day)
        return self._sums[group][place - 1] if place else ZERO

    def due(self, category: Category, month: date, billing: Billing) -> Decimal:
        """What the orders come to in a category in a month, in dollars."""
        key = category, month
        if key not in self._due:
            self._due[key] = due_of(self.case.orders, category, month, billing)
        return self._due[key]

    def charged_in(self, month: date) -> list[ChargeFact]:
        """The rows other than payments of the month that begins on that day."""
        return self._charged_in.get(month, [])

    def received_in(self, month: date) -> list[PaymentFact]:
        """The payments received in the month that begins on that day, by day."""
        return self._received_in.get(month, [])

    def reversed_in(self, month: date) -> list[PaymentFact]:
        """The payments reversed in the month that begins on that day."""
        return self._reversed_in.get(month, [])

    def support_paid(self, month: date) -> Decimal:
        """Support payments received in a month and still good at its end, in dollars."""
        last = end_of_month(month)
        return sum(
            (
                amount
                for payment in self.received_in(month)
                if payment.counts_on(last)
                for category, amount in applied(payment).items()
                if category in SUPPORT
            ),
            ZERO,
        )

    def perhaps_held(self, month: date) -> Decimal:
        """Support that may have waited, as the month ended or before, in dollars.

        Money that was held and then applied stands in the record as applied on the day it was
        received: on which day it was applied is not carried, so what hangs on it is not judged. It
        is what was paid ahead as the month began, and the month's federal tax refunds, which wait
        until something is past due.
        """
        ahead = max(-self.owed(Category.ARREARS, month - timedelta(days=1)), ZERO)
        refunds = (
            amount
            for payment in self.received_in(month)
            if payment.source is Source.FEDERAL_TAX_OFFSET
            for category, amount in applied(payment).items()
            if category in SUPPORT
        )
        return sum(refunds, ahead)


def group_of(category: Category) -> Category:
    """Under which category an amount counts: current support and arrears are one."""
    return Category.ARREARS if category in SUPPORT else category


def applied(payment: PaymentFact) -> dict[Category, Decimal]:
    """The parts of a payment that lower what is owed."""
    return {
        Category(category.value): amount
        for category, amount in payment.parts.items()
        if category not in NOT_APPLIED
    }


def due_of(
    orders: Iterable[OrderFact], category: Category, month: date, billing: Billing
) -> Decimal:
    """What the orders come to in a category in a month, in dollars."""
    return sum(
        (
            due_in_month(order, month, billing).total
            for order in orders
            if FALLS_DUE_AS.get(order.kind) is category
        ),
        ZERO,
    )


def carried_since(case: CaseRecord) -> date | None:
    """The first day whose rows the record carries; None where it carries none.

    Everything before is in the openings, so nothing before can be judged.
    """
    openings = [row.due_on for row in case.charges if row.kind is ChargeKind.OPENING]
    if openings:
        return max(openings) + timedelta(days=1)
    days = [row.due_on for row in case.charges]
    days += [payment.received_on for payment in case.payments]
    return min(days, default=None)


def held(payment: PaymentFact) -> Decimal:
    """What of a payment waits to be applied, in dollars."""
    return payment.parts.get(AllocationCategory.HELD, ZERO)


def _order(payment: PaymentFact) -> tuple[date, str]:
    return payment.received_on, payment.payment_id
