"""Interest and penalty against what the rules bring on each month's last day.

What is owed that day, what was paid in the month and what the minimum was come from the record's
rows; so an earlier error is not named again. A month that brought nothing is never called wrong: an
exemption (830 CMR 119A.6.1(5)) is not carried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.rules.agency import Agency, ChargeRate, Interest
from portal.rules.calendar import end_of_month, first_of_month
from portal.rules.interest import Assessment, MonthEnd, NotCharged, assess
from portal.rules.money import ZERO, percent_of
from portal.rules.recompute_books import Books
from portal.rules.recompute_facts import CaseRecord, ChargeFact, Difference, DifferenceKind
from portal.rules.recompute_minimum import issued_elsewhere, minimum_of
from portal.rules.vocabulary import Category, ChargeKind

_DAY = timedelta(days=1)
_RATES = {Category.INTEREST: ChargeRate.INTEREST, Category.PENALTY: ChargeRate.PENALTY}
_KINDS = {
    NotCharged.WITHHOLDING_ONLY: DifferenceKind.ON_WITHHOLDING_ONLY,
    NotCharged.ORDER_OF_ANOTHER_STATE: DifferenceKind.ON_ORDER_OF_ANOTHER_STATE,
    NotCharged.NOT_OVER_THRESHOLD: DifferenceKind.UNDER_THRESHOLD,
    NotCharged.MINIMUM_PAID: DifferenceKind.MINIMUM_WAS_PAID,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a month's end brings by the rules, and the kind of a charge that it does not bring."""

    assessment: Assessment
    past_due: Decimal
    kind: DifferenceKind | None = None

    def of(self, category: Category) -> Decimal:
        """The interest, or the penalty, in dollars."""
        found = self.assessment
        return found.interest if category is Category.INTEREST else found.penalty


def interest_differences(case: CaseRecord, books: Books, agency: Agency) -> Iterator[Difference]:
    """Differences of interest and penalty, month by month."""
    since = books.since
    rows: dict[date, list[ChargeFact]] = defaultdict(list)
    for row in case.charges:
        if row.kind is ChargeKind.CHARGE and row.category in _RATES and row.due_on <= case.as_of:
            rows[first_of_month(row.due_on)].append(row)
    for month, of_month in sorted(rows.items()):
        if since is None or end_of_month(month) > case.as_of or month < first_of_month(since):
            continue
        verdict = verdict_of(case, books, month, agency)
        if verdict is None:
            continue
        for category in _RATES:
            found = tuple(it for it in of_month if it.category is category)
            record = sum((it.amount for it in found), ZERO)
            if record and record != verdict.of(category):
                kind = verdict.kind or _of_amount(category, record, verdict, books, month, agency)
                ids = tuple(sorted(it.charge_id for it in found))
                yield Difference(
                    kind,
                    month,
                    category,
                    record,
                    verdict.of(category),
                    charge_id=ids[0],
                    charge_ids=ids,
                )


def verdict_of(case: CaseRecord, books: Books, month: date, agency: Agency) -> Verdict | None:
    """What a month's end brings; None where the record does not carry what the rule asks for."""
    last = end_of_month(month)
    past_due = books.owed(Category.ARREARS, last)
    elsewhere = issued_elsewhere(case, last, agency)
    if not case.is_worked(last):
        nothing = Assessment(ZERO, ZERO, None)
        return Verdict(nothing, past_due, DifferenceKind.OUTSIDE_SERVICE)
    if elsewhere is None:
        return None
    minimum = minimum_of(case, month, agency)
    paid, held = books.support_paid(month), books.perhaps_held(month)
    found = {
        assess(
            MonthEnd(last, owed, minimum or ZERO, sum_paid, case.service, elsewhere),
            agency.interest,
        )
        for sum_paid in (paid, paid + held)
        for owed in (past_due, past_due + held)
    }
    if len(found) > 1:
        return None
    (result,) = found
    depends_on_minimum = result.reason in (None, NotCharged.MINIMUM_PAID)
    if minimum is None and depends_on_minimum:
        return None
    return Verdict(result, past_due, _KINDS[result.reason] if result.reason else None)


def _of_amount(
    category: Category,
    record: Decimal,
    verdict: Verdict,
    books: Books,
    month: date,
    agency: Agency,
) -> DifferenceKind:
    """Why an amount that is due in principle is another."""
    last, rate = end_of_month(month), _RATES[category]
    percent = agency.interest.percent(rate, last)
    if record in _compounded(books, verdict.past_due, month, percent):
        return DifferenceKind.COMPOUNDED
    if any(record == percent_of(verdict.past_due, other) for other in _rates(agency.interest)):
        return DifferenceKind.WRONG_RATE
    return DifferenceKind.WRONG_BASE


def _compounded(books: Books, past_due: Decimal, month: date, percent: Decimal) -> set[Decimal]:
    """What the month would bring, were interest, penalty or both part of the base."""
    before_rows = end_of_month(month) - _DAY
    found: set[Decimal] = set()
    for day in (month - _DAY, before_rows):
        interest, penalty = (books.owed(category, day) for category in _RATES)
        found |= {
            percent_of(past_due + base, percent)
            for base in (interest, penalty, interest + penalty)
            if base
        }
    return found


def _rates(rules: Interest) -> set[Decimal]:
    return {rate.percent for rate in rules.rates}
