"""What is owed on a case: by category, to whom, as of when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.ledger.lines import Entry, Section, Sums, build_sections, entries_of, together
from portal.ledger.payments import payment_rows
from portal.record.read_case import read_balances, read_charges
from portal.record.read_payments import owed_before
from portal.rules.money import ZERO
from portal.rules.vocabulary import Category, OwedTo


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed for one category to one side; a credit is negative."""

    category: Category
    owed_to: OwedTo | None
    """None where it is not known: on a day in the past."""
    as_of: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Balances:
    """All balances of a case."""

    rows: tuple[Balance, ...]
    as_of: date
    at_end_of_role: bool
    """The ledger's own at the last day of a role, where current support and arrears are one."""

    @property
    def counted_to(self) -> date:
        """The day to which charges and payments are in: the latest of the rows'."""
        return max((row.as_of for row in self.rows), default=self.as_of)

    @property
    def past_due(self) -> Decimal:
        """All that is owed but the current month's support."""
        return _sum(row for row in self.rows if row.category is not Category.CURRENT_SUPPORT)

    @property
    def total(self) -> Decimal:
        """All that is owed."""
        return _sum(self.rows)

    def owed_to(self, side: OwedTo) -> Decimal:
        """What is owed to one side."""
        return _sum(row for row in self.rows if row.owed_to == side)

    def by_category(self, side: OwedTo | None = None) -> dict[Category, Decimal]:
        """Sums by category, in the vocabulary's order; of what is owed to one side, if named."""
        found: dict[Category, Decimal] = {}
        for category in Category:
            rows = [
                row
                for row in self.rows
                if row.category is category and (side is None or row.owed_to == side)
            ]
            if rows:
                found[category] = _sum(rows)
        return found


def ledger_sections(
    session: Session, view: CaseView, last: date | None = None
) -> tuple[Section, ...]:
    """The case's ledger, one section a window, each opening with what was owed on its first day.

    :param last: the day that the last one closes with; the day that the view's sums speak of.
    """
    if not view.windows:
        return ()
    last = last or view.as_of
    opening, entries = opening_and_entries(session, view, last)
    return build_sections(opening, entries, view.windows, last)


def opening_and_entries(
    session: Session, view: CaseView, last: date
) -> tuple[Sums, Sequence[Entry]]:
    """What was owed as the ledger opens, and all that moved it up to a day: not to be shown as it
    is, for it has what lies between two roles too."""
    first = view.opens_on
    charges = read_charges(session, view.case_id, first, last)
    rows = payment_rows(session, view)
    opening = owed_before(session, view.case_id, first)
    return opening, entries_of(charges, rows.values(), first, last)


def balances_shown(session: Session, view: CaseView) -> Balances:
    """The agency's balances; for a member whose role is over, the ledger's own at its last day."""
    if view.ended_on is not None:
        return _at_the_end(session, view, ledger_sections(session, view))
    return _of_the_record(session, view)


def ledger_and_balances(session: Session, view: CaseView) -> tuple[tuple[Section, ...], Balances]:
    """Both, read once: the ledger closes on the day of the balances."""
    if view.ended_on is not None:
        sections = ledger_sections(session, view)
        return sections, _at_the_end(session, view, sections)
    balances = _of_the_record(session, view)
    return ledger_sections(session, view, balances.counted_to), balances


def difference(sections: Sequence[Section], balances: Balances) -> Decimal:
    """By how much the lines come to more than the agency's balances; zero when it adds up."""
    ours = sections[-1].owed if sections else ZERO
    return ours - balances.total


def _of_the_record(session: Session, view: CaseView) -> Balances:
    rows = tuple(
        Balance(row.category, row.owed_to, row.as_of, row.amount)
        for row in read_balances(session, view.case_id)
    )
    ordered = sorted(rows, key=lambda row: (list(Category).index(row.category), row.owed_to or ""))
    as_of = min((row.as_of for row in rows), default=view.as_of)
    return Balances(tuple(ordered), as_of, at_end_of_role=False)


def _at_the_end(session: Session, view: CaseView, sections: Sequence[Section]) -> Balances:
    as_of = view.as_of
    if sections:
        sums: Mapping[Category, Decimal] = sections[-1].closing
    else:  # the role ended before the four years that lists show
        sums = sums_together(
            owed_before(session, view.case_id, date.fromordinal(as_of.toordinal() + 1))
        )
    rows = tuple(
        Balance(category, None, as_of, sums[category]) for category in Category if category in sums
    )
    return Balances(rows, as_of, at_end_of_role=True)


def sums_together(sums: Mapping[Category, Decimal]) -> dict[Category, Decimal]:
    """The same sums with current support and arrears as one."""
    found: dict[Category, Decimal] = {}
    for category, amount in sums.items():
        key = together(category)
        found[key] = found.get(key, ZERO) + amount
    return found


def _sum(rows: Iterable[Balance]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)
