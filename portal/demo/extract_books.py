"""One case's books while its years are simulated: what fell due, what was paid, what is owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.extract_plan import CasePlan, Entry, OrderPlan
from portal.rules.agency import Agency, ChargeRate
from portal.rules.assignment import Split, split_arrears
from portal.rules.calendar import due_in_month
from portal.rules.distribution import Due, Step
from portal.rules.interest import MonthEnd, assess, minimum_payment
from portal.rules.money import ZERO
from portal.rules.vocabulary import CaseStatus, Category, ChargeKind, OrderKind, OwedTo

Amounts = dict[Category, Decimal]

_CATEGORY = {
    OrderKind.CURRENT_SUPPORT: Category.CURRENT_SUPPORT,
    OrderKind.MEDICAL: Category.MEDICAL,
    OrderKind.ALIMONY: Category.ALIMONY,
}
"""What an order's amounts fall due as; an arrears order brings no new charges."""


class CaseBook:
    """The running sums of one case, in dollars.

    `due`, `charged` and `paid` are the open month's, by category; `past` is what is left of earlier
    months, arrears split by whom they are owed to.
    """

    def __init__(
        self,
        plan: CasePlan,
        case_id: str,
        orders: tuple[tuple[str, OrderPlan], ...],
        agency: Agency,
        next_key: Callable[[str], str],
    ) -> None:
        self.plan, self.case_id, self.orders, self.agency = plan, case_id, orders, agency
        self.charges: list[dict[str, Any]] = []
        self.due: Amounts = defaultdict(Decimal)
        self.charged: Amounts = defaultdict(Decimal)
        self.paid: Amounts = defaultdict(Decimal)
        self.past: Amounts = defaultdict(Decimal)
        self.family, self.state = ZERO, ZERO  # the two parts of the arrears
        self.support_paid = ZERO
        self.last_obligation = ZERO
        self.overpayment = ZERO
        self._next_key = next_key
        self._assigned = False

    @property
    def arrears(self) -> Decimal:
        """Unpaid support of earlier months, in dollars."""
        return self.family + self.state

    @property
    def past_due(self) -> Decimal:
        """All that is past due, interest, penalty and fees included."""
        return self.arrears + sum(self.past.values(), ZERO)

    def is_worked(self, day: date) -> bool:
        """Whether the agency collects on the case on a date."""
        plan = self.plan
        return plan.opened_on <= day and not (plan.closed_on and day > plan.closed_on)

    def owes_support_after(self, day: date) -> bool:
        """Whether some support order is in force after a date."""
        return any(
            order.kind in _CATEGORY and (order.ended_on or date.max) > day
            for _, order in self.orders
        )

    def open_books(self, start: date) -> None:
        """Carry in what was owed the day before `start`."""
        for category, amount in self.plan.opening.items():
            entry = Entry(start - timedelta(days=1), category, amount, ChargeKind.OPENING)
            self.enter(entry)

    def open_month(self, month: date) -> Iterator[tuple[date, str, Category, Decimal]]:
        """Close the last month, begin the next; yields what falls due: day, order, category."""
        self._roll()
        self._assigned = self.plan.on_assistance(month)
        for order_id, order in self.orders:
            if order.kind in _CATEGORY:
                due = due_in_month(order, month, self.agency.billing)
                self.due[_CATEGORY[order.kind]] += due.total
                for day in due.dates:
                    yield day, order_id, _CATEGORY[order.kind], order.amount

    def _roll(self) -> None:
        self.last_obligation = self.due[Category.CURRENT_SUPPORT] or self.last_obligation
        for category, amount in self.due.items():
            unpaid = amount - self.paid[category]
            if category is not Category.CURRENT_SUPPORT:
                self.past[category] += unpaid
            elif self._assigned:
                self.state += unpaid
            else:
                self.family += unpaid
        for amounts in (self.due, self.charged, self.paid):
            amounts.clear()
        self.support_paid = ZERO

    def charge(self, day: date, order_id: str, category: Category, amount: Decimal) -> None:
        """An amount falls due."""
        self.charged[category] += amount
        self._row(day, ChargeKind.CHARGE, category, amount, order_id=order_id)

    def enter(self, entry: Entry) -> None:
        """A fee, an opening or an adjustment; one below zero never exceeds what is owed."""
        owed = self.arrears if entry.category is Category.ARREARS else self.past[entry.category]
        amount = max(entry.amount, -owed)
        if not amount:
            return
        if entry.category is Category.ARREARS:
            from_family = max(amount, -self.family)
            self.family += from_family
            self.state += amount - from_family
        else:
            self.past[entry.category] += amount
        self._row(
            entry.day, entry.kind, entry.category, amount, reason=entry.reason, note=entry.note
        )

    def dues(self) -> list[Due]:
        """What is due now, for distribution: the whole month's current support, then the past."""
        current = [
            Due(self.case_id, category, max(amount - self.paid[category], ZERO))
            for category, amount in self.due.items()
        ]
        past = {Category.ARREARS: max(self.arrears, ZERO), **self.past}
        return current + [
            Due(self.case_id, category, max(amount, ZERO), past_due=True)
            for category, amount in past.items()
        ]

    def apply(self, step: Step, amount: Decimal) -> Split:
        """Take in a part of a payment; returns to whom it is passed on."""
        if step.category in (Category.CURRENT_SUPPORT, Category.ARREARS):
            self.support_paid += amount
        if not step.past_due:
            self.paid[step.category] += amount
            to_state = self._assigned and step.category is Category.CURRENT_SUPPORT
            return Split(ZERO, amount) if to_state else Split(amount, ZERO)
        if step.category is Category.ARREARS:
            owed = Split(self.family, self.state)
            split = split_arrears(amount, owed, on_assistance=self._assigned)
            self.family -= split.family
            self.state -= split.state
            return split
        self.past[step.category] -= amount
        to_family = self.owed_to(step.category) is OwedTo.FAMILY
        return Split(amount, ZERO) if to_family else Split(ZERO, amount)

    def take_back(self, step: Step, split: Split, *, same_month: bool) -> None:
        """A payment was reversed: what it paid is owed again."""
        amount = split.family + split.state
        support = step.category in (Category.CURRENT_SUPPORT, Category.ARREARS)
        if same_month and support:
            self.support_paid -= amount
        if not step.past_due and same_month:
            self.paid[step.category] -= amount
        elif support:
            self.family += split.family
            self.state += split.state
        else:
            self.past[step.category] += amount

    def end_month(self, day: date) -> None:
        """Interest and penalty on the last day of a month."""
        current = self.due[Category.CURRENT_SUPPORT]
        unpaid = current - self.paid[Category.CURRENT_SUPPORT]
        issued = self.plan.issuing_state
        by_court = (
            self._due_on_arrears(day) if self.agency.interest.arrears_order_is_minimum else ZERO
        )
        result = assess(
            MonthEnd(
                day,
                past_due=self.arrears + unpaid,
                minimum=minimum_payment(current, self.last_obligation, by_court),
                paid=self.support_paid,
                service=self.plan.service,
                issued_elsewhere=bool(issued) and issued != self.agency.fips,
            ),
            self.agency.interest,
        )
        for category, amount in (
            (Category.INTEREST, result.interest),
            (Category.PENALTY, result.penalty),
        ):
            if amount:
                self.past[category] += amount
                self._row(day, ChargeKind.CHARGE, category, amount)

    def _due_on_arrears(self, day: date) -> Decimal:
        """What orders to pay off arrears come to in a date's month."""
        orders = (order for _, order in self.orders if order.kind is OrderKind.ARREARS)
        dues = (due_in_month(order, day, self.agency.billing).total for order in orders)
        return sum(dues, ZERO)

    def owed_to(self, category: Category) -> OwedTo:
        """Who a category other than support is owed to."""
        if category is Category.FEE:
            return OwedTo.AGENCY
        by_rate = {Category.INTEREST: ChargeRate.INTEREST, Category.PENALTY: ChargeRate.PENALTY}
        to_state = by_rate.get(category) in self.agency.interest.owed_to_state
        return OwedTo.STATE if to_state else OwedTo.FAMILY

    def balances(self) -> Iterator[tuple[Category, OwedTo, Decimal]]:
        """What is owed now. Support always has a line; anything else once it was ever owed."""
        owed = self.charged[Category.CURRENT_SUPPORT] - self.paid[Category.CURRENT_SUPPORT]
        to = OwedTo.STATE if self._assigned else OwedTo.FAMILY
        yield Category.CURRENT_SUPPORT, to, owed
        yield Category.ARREARS, OwedTo.FAMILY, self.family
        if self.state:
            yield Category.ARREARS, OwedTo.STATE, self.state
        others = {Category(row["category"]) for row in self.charges}
        for category in sorted(others - {Category.CURRENT_SUPPORT, Category.ARREARS}):
            amount = self.past[category] + self.charged[category] - self.paid[category]
            yield category, self.owed_to(category), amount

    def owes_state(self) -> bool:
        """Whether anything is due to the state for public assistance."""
        return self.state > 0 or self._assigned

    def status(self, as_of: date) -> CaseStatus:
        """The case's status at a date."""
        closed_on = self.plan.closed_on
        return CaseStatus.CLOSED if closed_on and closed_on <= as_of else self.plan.status

    def _row(
        self, day: date, kind: ChargeKind, category: Category, amount: Decimal, **more: Any
    ) -> None:
        self.charges.append(
            {
                "charge_id": self._next_key("H"),
                "case_id": self.case_id,
                "due_on": day,
                "kind": kind,
                "category": category,
                "amount": amount,
                **more,
            }
        )
