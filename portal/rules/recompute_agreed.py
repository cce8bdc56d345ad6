"""In which months a recomputation came to the very figures of the record.

A month counts where all that it takes is carried: it is over, the agency worked the case in all of
it, every support charge is of an order that is carried, and its interest and penalty, or that there
are none, follow from the rules. What the agency did by hand, and fees, are taken as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from portal.rules.agency import Agency
from portal.rules.calendar import end_of_month, first_of_month, months, next_month
from portal.rules.money import ZERO
from portal.rules.recompute_books import FALLS_DUE_AS, Books, due_of
from portal.rules.recompute_facts import CaseRecord
from portal.rules.recompute_interest import verdict_of
from portal.rules.vocabulary import Category, ChargeKind

_CHARGED = (Category.INTEREST, Category.PENALTY)


def agreed_months(case: CaseRecord, agency: Agency) -> Iterator[date]:
    """The first days of those months, the oldest first."""
    books = Books(case)
    since = max(books.since or date.max, case.opened_on)
    if since > case.as_of:
        return
    first = since if since.day == 1 else next_month(since)
    for month in months(first, case.as_of):
        last = end_of_month(month)
        # What falls due on the record's own day may be charged in the night after.
        if last < case.as_of and case.is_worked(last) and _agrees(case, books, month, agency):
            yield month


def _agrees(case: CaseRecord, books: Books, month: date, agency: Agency) -> bool:
    record: dict[Category, Decimal] = {}
    for row in case.charges:
        if row.kind is ChargeKind.CHARGE and first_of_month(row.due_on) == month:
            record[row.category] = record.get(row.category, ZERO) + row.amount
    if not record or Category.ARREARS in record:
        return False
    for category in FALLS_DUE_AS.values():
        due = due_of(case.orders, category, month, agency.billing)
        if due != record.get(category, ZERO):
            return False
    verdict = verdict_of(case, books, month, agency)
    if verdict is None:
        return False
    return all(verdict.of(it) == record.get(it, ZERO) for it in _CHARGED)
