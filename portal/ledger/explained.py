"""How what is owed came about: the ledger month by month, ending at the record's balances.

Charges and adjustments due, less what was applied of payments received and not taken back, are the
balances, each category alone but current support and arrears, which are one. What the record's own
rows do not come to is the `rest`, by category: it is shown as what nobody can explain from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.ledger.balances import Balances, ledger_and_balances, sums_together
from portal.ledger.case_view import CaseView
from portal.ledger.lines import Entry, Line, LineKind, Section, Sums, together, total
from portal.rules.calendar import end_of_month, months
from portal.rules.disclosing import lines_shown
from portal.rules.money import ZERO
from portal.rules.vocabulary import Category
from portal.security.opaque import OpaqueIds

ORDERED = frozenset({Category.ARREARS, Category.MEDICAL, Category.ALIMONY})
"""What a court orders, by the category that a balance counts under."""


@dataclass(frozen=True, slots=True)
class ExplainedMonth:
    """One month, or the days of it that fall within a role; sums in dollars.

    `opening` and `closing` are by category, current support and arrears together as `arrears`.
    """

    first: date
    """The first day of the calendar month."""
    opens_on: date
    closes_on: date
    opening: Sums
    lines: tuple[Line, ...]
    closing: Sums
    opens_section: bool
    """Its opening is the line "owed on DATE": what is older is summed up in it."""

    @property
    def owed_at_opening(self) -> Decimal:
        """All that was owed as the first day began."""
        return total(self.opening)

    @property
    def owed(self) -> Decimal:
        """All that was owed as the last day ended."""
        return total(self.closing)

    @property
    def change(self) -> Decimal:
        """By how much it rose; negative where it fell."""
        return self.owed - self.owed_at_opening

    @property
    def charged(self) -> Decimal:
        """What fell due under orders: support, medical support, alimony."""
        return self._charges(lambda category: category in ORDERED)

    @property
    def interest(self) -> Decimal:
        """Interest that was charged."""
        return self._charges(lambda category: category is Category.INTEREST)

    @property
    def penalty(self) -> Decimal:
        """Penalties that were charged."""
        return self._charges(lambda category: category is Category.PENALTY)

    @property
    def fees(self) -> Decimal:
        """Fees that were charged."""
        return self._charges(lambda category: category is Category.FEE)

    @property
    def adjustments(self) -> Decimal:
        """Corrections, and what was carried over from before the first row; may be negative."""
        return self._sum(LineKind.ADJUSTMENT) + self._sum(LineKind.OPENING)

    @property
    def applied(self) -> Decimal:
        """What of payments lowered the balances."""
        return -self._sum(LineKind.PAYMENT)

    @property
    def taken_back(self) -> Decimal:
        """What of payments was taken back and is owed again."""
        return self._sum(LineKind.REVERSAL)

    def _charges(self, fits: Callable[[Category], bool]) -> Decimal:
        charges = (it.entry for it in self.lines if it.entry.kind is LineKind.CHARGE)
        return sum((it.amount for it in charges if fits(together(it.category))), ZERO)

    def _sum(self, kind: LineKind) -> Decimal:
        return sum((it.entry.amount for it in self.lines if it.entry.kind is kind), ZERO)


@dataclass(frozen=True, slots=True)
class Explained:
    """The whole ledger that a member may see, the oldest month first."""

    months: tuple[ExplainedMonth, ...]
    balances: Balances
    rest: Sums
    """What the balances hold beyond the lines, by category; nothing where they add up."""

    @property
    def as_of(self) -> date:
        """The day the ledger closes with."""
        return self.months[-1].closes_on if self.months else self.balances.counted_to

    @property
    def rest_in_all(self) -> Decimal:
        """The sum of what cannot be explained; zero too where two differences cancel out."""
        return total(self.rest)

    @property
    def categories(self) -> tuple[Category, ...]:
        """Every category that something was ever owed for, or that a rest is of."""
        seen = {key for it in self.months for sums in (it.opening, it.closing) for key in sums}
        return tuple(it for it in Category if it in seen or it in self.rest)

    def in_month(self, first: date) -> tuple[ExplainedMonth, ...]:
        """A calendar month: none, one, or two where a role ended and another began in it."""
        return tuple(it for it in self.months if it.first == first)

    @property
    def lines(self) -> Iterator[Line]:
        """Every line, the oldest first."""
        return (line for month in self.months for line in month.lines)


def explained(session: Session, view: CaseView) -> Explained:
    """The ledger as the member may see it, with what of the balances it does not explain."""
    sections, balances = ledger_and_balances(session, view)
    if not lines_shown(view.viewer):
        sections = ()
    found = tuple(month for section in sections for month in months_of(section))
    told = bool(sections) and view.ended_on is None
    rest = rest_of(sections[-1].closing, balances) if told else {}
    return Explained(found, balances, rest)


def months_of(section: Section) -> Iterator[ExplainedMonth]:
    """A section cut into its months, each opening with what the one before closed with."""
    sums = dict(section.opening)
    for first in months(section.opens_on, section.closes_on):
        last = end_of_month(first)
        inside = tuple(line for line in section.lines if first <= line.entry.on <= last)
        opening = dict(sums)
        for line in inside:
            sums[together(line.entry.category)] = line.owed_for
        yield ExplainedMonth(
            first,
            max(first, section.opens_on),
            min(last, section.closes_on),
            opening,
            inside,
            dict(sums),
            first <= section.opens_on,
        )


def rest_of(closing: Sums, balances: Balances) -> dict[Category, Decimal]:
    """The record's balances less the lines', by category; without those that add up."""
    record: Mapping[Category, Decimal] = sums_together(balances.by_category())
    differences = {
        category: record.get(category, ZERO) - closing.get(category, ZERO)
        for category in Category
        if category in record or category in closing
    }
    return {category: amount for category, amount in differences.items() if amount}


def line_token(opaque: OpaqueIds, view: CaseView, entry: Entry) -> str:
    """The line in an address: its own on each case."""
    return opaque.hide("line", entry.key, within=view.case_id)


def find_line(opaque: OpaqueIds, view: CaseView, shown: Explained, token: str) -> Line | None:
    """The shown line behind an address's token; None for one that is not shown."""
    key = opaque.reveal("line", token, within=view.case_id)
    return next((it for it in shown.lines if it.entry.key == key), None)


def month_holding(months_shown: Iterable[ExplainedMonth], line: Line) -> ExplainedMonth:
    """The month that a line stands in. Raises `LookupError` for a line of none of them."""
    for it in months_shown:
        if it.opens_on <= line.entry.on <= it.closes_on:
            return it
    raise LookupError(line.entry.on)


def month_token(opaque: OpaqueIds, view: CaseView, first: date) -> str:
    """A month as the subject of a request: its own on each case."""
    return opaque.hide("month", f"{first:%Y-%m}", within=view.case_id)
