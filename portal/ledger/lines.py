"""The ledger: every line of a case with its running sum, adding up to the cent.

It opens with one line, "owed on DATE", which is the sum of all earlier rows. A payment lowers what
is owed on the day it was received, and its reversal raises it again. Current support and arrears
count together: unpaid current support becomes arrears without a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.record.read_case import ChargeRow
from portal.record.read_payments import PaymentRow
from portal.rules.money import ZERO
from portal.rules.spans import Span
from portal.rules.vocabulary import (
    NOT_APPLIED,
    SUPPORT,
    AllocationCategory,
    Category,
    ChargeKind,
    ChargeReason,
)

Sums = Mapping[Category, Decimal]


class LineKind(StrEnum):
    """What a line is."""

    OPENING = "opening"
    CHARGE = "charge"
    ADJUSTMENT = "adjustment"
    PAYMENT = "payment"
    REVERSAL = "reversal"


_KINDS = {
    ChargeKind.CHARGE: LineKind.CHARGE,
    ChargeKind.ADJUSTMENT: LineKind.ADJUSTMENT,
    ChargeKind.OPENING: LineKind.OPENING,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What moves a balance: the amount is negative where it lowers what is owed."""

    on: date
    kind: LineKind
    category: Category
    amount: Decimal
    reason: ChargeReason | None = None
    payment_id: str | None = None
    charge_id: str | None = None
    order_id: str | None = None
    """The order that a charge came from, where the record says so."""

    @property
    def key(self) -> str:
        """What the entry is made of, in one word; never shown, and never in an address as it is."""
        if self.charge_id is not None:
            return f"c:{self.charge_id}"
        sign = "r" if self.kind is LineKind.REVERSAL else "p"
        return f"{sign}:{self.payment_id}:{self.category.value}"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a line, with what is owed after it: in all, and for its own category."""

    entry: Entry
    owed: Decimal
    owed_for: Decimal


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one window. `opening` is what was owed as its first day began."""

    opens_on: date
    closes_on: date
    opening: Sums
    lines: tuple[Line, ...]
    closing: Sums

    @property
    def owed_at_opening(self) -> Decimal:
        """The opening line's sum."""
        return total(self.opening)

    @property
    def owed(self) -> Decimal:
        """What is owed after the last line."""
        return total(self.closing)


def together(category: Category) -> Category:
    """Under which category a balance counts: current support and arrears are one."""
    return Category.ARREARS if category in SUPPORT else category


def total(sums: Sums) -> Decimal:
    """All categories, in dollars."""
    return sum(sums.values(), ZERO)


def entries_of(
    charges: Iterable[ChargeRow], payments: Iterable[PaymentRow], first: date, last: date
) -> list[Entry]:
    """The entries from `first` to `last` (both included), by day, charges before payments."""
    found = [(_of_charge(row), row.order_id or "") for row in charges]
    for payment in payments:
        tie = f"{payment.source} {payment.reversed_on or ''}"
        found.extend((entry, tie) for entry in _of_payment(payment))
    inside = [(entry, tie) for entry, tie in found if first <= entry.on <= last]
    return [entry for entry, _tie in sorted(inside, key=_order)]


def build_sections(
    opening: Sums, entries: Sequence[Entry], windows: Iterable[Span], last: date
) -> tuple[Section, ...]:
    """One section a window. `opening` is what was owed as the first window's first day began.

    Entries between two windows are in the sums and not among the lines; what comes after `last`
    (the day the record speaks of) is in neither.
    """
    sums: dict[Category, Decimal] = {}
    for category, amount in opening.items():
        _add(sums, category, amount)
    found: list[Section] = []
    rest = [entry for entry in entries if entry.on <= last]
    for window in windows:
        if window.first > last:
            break
        before = [entry for entry in rest if entry.on < window.first]
        inside = [entry for entry in rest if window.holds(entry.on)]
        rest = [entry for entry in rest if entry.on > window.last]
        for entry in before:
            _add(sums, entry.category, entry.amount)
        at_opening = dict(sums)
        lines = tuple(_lines(sums, inside))
        closes_on = min(window.last, last)
        found.append(Section(window.first, closes_on, at_opening, lines, dict(sums)))
    return tuple(found)


def _lines(sums: dict[Category, Decimal], entries: Iterable[Entry]) -> Iterator[Line]:
    owed = total(sums)
    for entry in entries:
        _add(sums, entry.category, entry.amount)
        owed += entry.amount
        yield Line(entry, owed, sums[together(entry.category)])


def _add(sums: dict[Category, Decimal], category: Category, amount: Decimal) -> None:
    key = together(category)
    sums[key] = sums.get(key, ZERO) + amount


def _of_charge(row: ChargeRow) -> Entry:
    return Entry(
        row.due_on,
        _KINDS[row.kind],
        row.category,
        row.amount,
        row.reason,
        charge_id=row.charge_id,
        order_id=row.order_id,
    )


def _of_payment(payment: PaymentRow) -> Iterator[Entry]:
    for category in AllocationCategory:
        amount = payment.parts.get(category)
        if amount is None or category in NOT_APPLIED:
            continue
        owed_for = Category(category.value)
        key = payment.payment_id
        yield Entry(payment.received_on, LineKind.PAYMENT, owed_for, -amount, None, key)
        if payment.reversed_on is not None:
            yield Entry(payment.reversed_on, LineKind.REVERSAL, owed_for, amount, None, key)


_RANK = {kind: rank for rank, kind in enumerate(LineKind)}


def _order(found: tuple[Entry, str]) -> tuple[date, int, str, Decimal, str, str]:
    # By content, never by an id of a payment: such an order would tell of payments elsewhere.
    entry, tie = found
    return entry.on, _RANK[entry.kind], entry.category, entry.amount, entry.reason or "", tie
