"""When support falls due: weekly billing days, the first of the month, and the rest.

A weekly order is due on each billing weekday, so a month has four or five of them; the amount due
in a month is the order times their number. A monthly order is due on the first. (The agency's
published billing cycle; the biweekly and semimonthly days are its profile's.)
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from portal.rules.agency import Billing
from portal.rules.money import ZERO
from portal.rules.vocabulary import Frequency


class OrderTerms(Protocol):
    """What the calendar needs of an order. `ended_on` is the last day it was in force."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def frequency(self) -> Frequency: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def ended_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """An order's terms as a plain value."""

    amount: Decimal
    frequency: Frequency
    effective_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class MonthDue:
    """What one order comes to in one month: "4 Fridays at $100.00"."""

    frequency: Frequency
    each: Decimal
    dates: tuple[date, ...]

    @property
    def count(self) -> int:
        """How often the amount falls due in the month."""
        return len(self.dates)

    @property
    def total(self) -> Decimal:
        """The month's amount in dollars."""
        return self.each * self.count


def first_of_month(day: date) -> date:
    """The first day of a date's month."""
    return day.replace(day=1)


def end_of_month(day: date) -> date:
    """The last day of a date's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def next_month(day: date) -> date:
    """The first day of the month after a date's."""
    return end_of_month(day) + timedelta(days=1)


def months_before(day: date, count: int) -> date:
    """The first day of the month so many before a date's."""
    number = day.year * 12 + day.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def months(first: date, last: date) -> Iterator[date]:
    """The first day of every month from `first`'s to `last`'s."""
    month = first_of_month(first)
    while month <= last:
        yield month
        month = next_month(month)


def weekday_on_or_after(day: date, weekday: int) -> date:
    """The first such weekday (Monday is 0) on or after a date."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def billing_days(month: date, billing: Billing) -> int:
    """How many billing weekdays a date's month has: 4 or 5."""
    first = weekday_on_or_after(first_of_month(month), billing.weekday)
    return (end_of_month(month) - first).days // 7 + 1


def due_dates(order: OrderTerms, first: date, last: date, billing: Billing) -> tuple[date, ...]:
    """The days from `first` to `last` (both included) on which the order's amount falls due.

    Only days on which the order is in force count: from `effective_on` to `ended_on`, both
    included. Biweekly orders count from the first billing weekday on or after `effective_on`.
    """
    last = min(last, order.ended_on or last)
    start = max(first, order.effective_on)
    if start > last:
        return ()
    match order.frequency:
        case Frequency.WEEKLY:
            return _every(7, weekday_on_or_after(start, billing.weekday), last)
        case Frequency.BIWEEKLY:
            anchor = weekday_on_or_after(order.effective_on, billing.weekday)
            behind = max((start - anchor).days, 0)
            return _every(14, anchor + timedelta(days=-(-behind // 14) * 14), last)
        case Frequency.SEMIMONTHLY:
            return _on_days(billing.semimonthly_days, start, last)
        case Frequency.MONTHLY:
            return _on_days((billing.monthly_day,), start, last)


def due_in_month(order: OrderTerms, month: date, billing: Billing) -> MonthDue:
    """What the order comes to in a date's month, with the days."""
    days = due_dates(order, first_of_month(month), end_of_month(month), billing)
    return MonthDue(order.frequency, order.amount, days)


def total_due(orders: Iterable[OrderTerms], first: date, last: date, billing: Billing) -> Decimal:
    """What the orders come to from `first` to `last` (both included), in dollars."""
    due = (order.amount * len(due_dates(order, first, last, billing)) for order in orders)
    return sum(due, ZERO)


def _every(days: int, first: date, last: date) -> tuple[date, ...]:
    count = max((last - first).days // days + 1, 0)
    return tuple(first + timedelta(days=days * n) for n in range(count))


def _on_days(days: Iterable[int], first: date, last: date) -> tuple[date, ...]:
    found = (month.replace(day=day) for month in months(first, last) for day in days)
    return tuple(day for day in found if first <= day <= last)


def day_from(text: str | None) -> date | None:
    """A day that is kept as text (``2026-11-23``); None for none."""
    return date.fromisoformat(text) if text else None
