"""What a case was owed, step by step, on the morning of a payment: from the record's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from portal.rules.agency import Agency
from portal.rules.calendar import first_of_month
from portal.rules.distribution import Due
from portal.rules.money import ZERO
from portal.rules.recompute_books import Books, applied, group_of
from portal.rules.recompute_facts import ChargeFact, PaymentFact
from portal.rules.vocabulary import AllocationCategory, Category, ChargeKind, Source

_DAY = timedelta(days=1)
_IN_MONTH = (Category.CURRENT_SUPPORT, Category.MEDICAL, Category.ALIMONY)
_ONLY_PAST = (Category.INTEREST, Category.PENALTY, Category.FEE)


def dues_before(books: Books, day: date, agency: Agency) -> tuple[Due, ...] | None:
    """What the case was owed before the payments of a day; None where it cannot be told.

    It cannot where money was paid ahead as the month began: of what was held then, the record does
    not say when it was applied; nor in a month of which the record lacks the beginning.
    """
    month = first_of_month(day)
    if books.since is None or books.since > month:
        return None
    eve = month - _DAY
    if any(books.owed(group, eve) < 0 for group in books.groups):
        return None
    received = [it for it in books.received_in(month) if it.received_on < day]
    good = [it for it in received if it.counts_on(day - _DAY)]
    usual = _sums(it for it in good if it.source is not Source.FEDERAL_TAX_OFFSET)
    offset = _sums(it for it in good if it.source is Source.FEDERAL_TAX_OFFSET)
    found: list[Due] = []
    for category in _IN_MONTH:
        due = books.due(category, month, agency.billing)
        paid = usual[category]
        if category is Category.CURRENT_SUPPORT:  # arrears have a word of their own
            paid += offset[category]
        found.append(Due(books.case.case_id, category, max(due - paid, ZERO)))
        if category is not Category.CURRENT_SUPPORT:
            past = _past(books, category, month, day) - offset[category] - max(paid - due, ZERO)
            found.append(Due(books.case.case_id, category, max(past, ZERO), past_due=True))
    past = _past(books, Category.ARREARS, month, day)
    past -= usual[Category.ARREARS] + offset[Category.ARREARS]
    found.append(Due(books.case.case_id, Category.ARREARS, max(past, ZERO), past_due=True))
    for category in _ONLY_PAST:
        owed = books.owed(category, day) + _paid_on(books, category, day)
        owed -= _assessed_on(books, category, day)
        found.append(Due(books.case.case_id, category, max(owed, ZERO), past_due=True))
    return tuple(found)


def support_left(books: Books, day: date, agency: Agency) -> Decimal:
    """What of the month's current support was unpaid before a day's payments, in dollars."""
    month = first_of_month(day)
    good = (
        it for it in books.received_in(month) if it.received_on < day and it.counts_on(day - _DAY)
    )
    paid = (it.parts.get(AllocationCategory.CURRENT_SUPPORT, ZERO) for it in good)
    due = books.due(Category.CURRENT_SUPPORT, month, agency.billing)
    return due - sum(paid, ZERO)


def _sums(payments: Iterable[PaymentFact]) -> dict[Category, Decimal]:
    found: dict[Category, Decimal] = defaultdict(lambda: ZERO)
    for payment in payments:
        for category, amount in applied(payment).items():
            found[category] += amount
    return found


def _past(books: Books, group: Category, month: date, day: date) -> Decimal:
    """What was past due as the month began, with the month's entries and reversals so far."""
    past = books.owed(group, month - _DAY)
    monthly = Category.CURRENT_SUPPORT if group is Category.ARREARS else group
    for row in books.charged_in(month):
        if row.due_on <= day and _is_entry(row, group, monthly):
            past += row.amount
    for payment in books.reversed_in(month):
        on = payment.reversed_on
        if on is not None and on < day and payment.received_on < month:
            past += _of_group(payment, group)
    return past


def _is_entry(row: ChargeFact, group: Category, monthly: Category) -> bool:
    """Whether a row adds to what is past due: all but what falls due in the month."""
    falls_due = row.kind is ChargeKind.CHARGE and row.category is monthly
    return group_of(row.category) is group and not falls_due


def _of_group(payment: PaymentFact, group: Category) -> Decimal:
    parts = applied(payment).items()
    return sum((amount for category, amount in parts if group_of(category) is group), ZERO)


def _assessed_on(books: Books, category: Category, day: date) -> Decimal:
    """Interest and penalty of that day: they are worked out as it ends, after its payments."""
    if category not in (Category.INTEREST, Category.PENALTY):
        return ZERO
    month = first_of_month(day)
    rows = (it for it in books.charged_in(month) if it.due_on == day and it.category is category)
    return sum((it.amount for it in rows if it.kind is ChargeKind.CHARGE), ZERO)


def _paid_on(books: Books, category: Category, day: date) -> Decimal:
    """What the day's own payments took off, and its reversals put back: they come after."""
    month = first_of_month(day)
    taken = [it for it in books.received_in(month) if it.received_on == day]
    back = [it for it in books.reversed_in(month) if it.reversed_on == day]
    put_off = sum((applied(it).get(category, ZERO) for it in taken), ZERO)
    return put_off - sum((applied(it).get(category, ZERO) for it in back), ZERO)
