"""Credits that are missing or upside down: money left waiting, a wrong sign, a reversal made twice.

A direct payment, a court's credit and a waiver lower what is owed; a reversal of a payment counts
once, by the payment itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from portal.rules.agency import Agency
from portal.rules.calendar import end_of_month, first_of_month, months, next_month
from portal.rules.fees import fee_due, fiscal_year
from portal.rules.money import ZERO
from portal.rules.recompute_books import Books, applied, group_of, held
from portal.rules.recompute_facts import (
    CaseRecord,
    ChargeFact,
    Difference,
    DifferenceKind,
    PaymentFact,
)
from portal.rules.vocabulary import Category, ChargeKind, ChargeReason, Source

_CREDITS = frozenset({ChargeReason.COURT_CREDIT, ChargeReason.DIRECT_PAYMENT, ChargeReason.WAIVER})


def credit_differences(case: CaseRecord, books: Books, agency: Agency) -> Iterator[Difference]:
    """Credits with the wrong sign, payments reversed twice, money held too long, fees too often."""
    for row in case.charges:
        if row.due_on <= case.as_of and row.kind is ChargeKind.ADJUSTMENT and row.amount > 0:
            yield from _of_adjustment(row, books, agency)
    for payment in books.payments:
        yield from _of_held(case, books, payment, agency)
    yield from _of_fees(case, books, agency)


def _of_adjustment(row: ChargeFact, books: Books, agency: Agency) -> Iterator[Difference]:
    if row.reason in _CREDITS:
        yield _of_row(DifferenceKind.CREDIT_WRONG_SIGN, row, -row.amount)
    elif row.reason is ChargeReason.REVERSAL and _is_reversed_already(row, books, agency):
        yield _of_row(DifferenceKind.REVERSED_TWICE, row, ZERO)


def _is_reversed_already(row: ChargeFact, books: Books, agency: Agency) -> bool:
    group, near = group_of(row.category), timedelta(days=agency.comparing.reversal_days)
    for payment in books.payments:
        on = payment.reversed_on
        if on is not None and abs(on - row.due_on) <= near:
            parts = applied(payment).items()
            if row.amount == sum((it for key, it in parts if group_of(key) is group), ZERO):
                return True
    return False


def _of_row(kind: DifferenceKind, row: ChargeFact, expected: Decimal) -> Difference:
    return Difference(
        kind,
        first_of_month(row.due_on),
        row.category,
        row.amount,
        expected,
        charge_id=row.charge_id,
        charge_ids=(row.charge_id,),
    )


def _of_held(
    case: CaseRecord, books: Books, payment: PaymentFact, agency: Agency
) -> Iterator[Difference]:
    """Money that still waits although support was past due at every month's end since."""
    waiting = held(payment)
    if not waiting or not payment.counts_on(case.as_of):
        return
    first = _applied_by(payment, agency)
    ends = [end_of_month(month) for month in months(first, case.as_of)]
    past_due = [books.owed(Category.ARREARS, day) for day in ends if day <= case.as_of]
    past_due.append(books.owed(Category.ARREARS, case.as_of))
    if first > case.as_of or len(past_due) < 2 or min(past_due) <= 0:
        return
    yield Difference(
        DifferenceKind.HELD_TOO_LONG,
        first_of_month(payment.received_on),
        Category.ARREARS,
        ZERO,
        min(waiting, min(past_due)),
        payment_id=payment.payment_id,
    )


def _applied_by(payment: PaymentFact, agency: Agency) -> date:
    """The month from whose end on it should have been applied: the one after the receipt.

    A tax refund of two people may be held for longer (45 CFR 303.72; the profile's figure).
    """
    month = next_month(payment.received_on)
    if payment.source is Source.FEDERAL_TAX_OFFSET:
        for _ in range(agency.enforcement.offset_hold_months):
            month = next_month(month)
    return month


def _of_fees(case: CaseRecord, books: Books, agency: Agency) -> Iterator[Difference]:
    fee, since = agency.annual_fee, books.since
    if fee is None or since is None:
        return
    charged: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for row in sorted(case.charges, key=lambda it: (it.due_on, it.charge_id)):
        if row.kind is not ChargeKind.CHARGE or row.category is not Category.FEE:
            continue
        if row.amount != fee.amount:
            continue  # another fee than the yearly one: its rule is not carried
        year = fiscal_year(row.due_on, fee)
        if year < since:
            continue  # what was collected before is not carried
        due = fee_due(_collected(books, year, row.due_on), charged[year], fee)
        charged[year] += row.amount
        if row.amount > due:
            yield _of_row(DifferenceKind.FEE_TOO_MUCH, row, due)


def _collected(books: Books, first: date, last: date) -> Decimal:
    return sum(
        (
            amount
            for payment in books.payments
            if first <= payment.received_on and payment.counts_on(last)
            for amount in applied(payment).values()
        ),
        ZERO,
    )
