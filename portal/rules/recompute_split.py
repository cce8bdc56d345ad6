"""How a payment was applied against the order of application: in one case and across cases.

For the payor alone. Judged only where all of the payment's parts are on cases handed in, nothing of
it is left over, and everything it met can be told from the record (see `dues_before`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.rules.agency import Agency
from portal.rules.calendar import first_of_month
from portal.rules.distribution import Due, by_category, distribute, steps_for
from portal.rules.money import CENT, ZERO
from portal.rules.recompute_books import Books
from portal.rules.recompute_dues import dues_before, support_left
from portal.rules.recompute_facts import Difference, DifferenceKind, PaymentFact
from portal.rules.vocabulary import (
    NOT_APPLIED,
    AllocationCategory,
    Category,
    Source,
)

Parts = Mapping[tuple[str, AllocationCategory], Decimal]


@dataclass(frozen=True, slots=True)
class SplitDifference:
    """A difference of how a payment was applied, and the case on which it is named."""

    case_id: str
    difference: Difference


def split_differences(
    books: Sequence[Books], agency: Agency, payor_id: str
) -> Iterator[SplitDifference]:
    """Differences of how one payor's payments were applied on their cases, by day."""
    days: dict[date, dict[str, dict[str, PaymentFact]]] = defaultdict(lambda: defaultdict(dict))
    for book in books:
        for payment in book.payments:
            days[payment.received_on][payment.payment_id][book.case.case_id] = payment
    for day, payments in sorted(days.items()):
        own = {
            key: by_case
            for key, by_case in payments.items()
            if next(iter(by_case.values())).payor_id == payor_id
        }
        if own:
            yield from _of_day(day, payments, own.keys(), books, agency)


def _of_day(
    day: date,
    payments: Mapping[str, Mapping[str, PaymentFact]],
    own: Collection[str],
    books: Sequence[Books],
    agency: Agency,
) -> Iterator[SplitDifference]:
    offsets: list[str] = []
    usual: list[str] = []
    for payment_id in sorted(own):
        source = next(iter(payments[payment_id].values())).source
        (offsets if source is Source.FEDERAL_TAX_OFFSET else usual).append(payment_id)
    for payment_id in offsets:
        yield from _of_offset(payments[payment_id], agency)
    if len(payments) != 1 or not usual:
        return  # which of two payments of a day was applied first is not carried
    (payment_id,) = usual
    by_case = payments[payment_id]
    if not _is_whole(by_case) or _is_plainly_right(by_case, books, agency):
        return
    dues = _dues(books, day, agency)
    if dues is not None:
        yield from _of_payment(by_case, dues, agency)


def _of_offset(by_case: Mapping[str, PaymentFact], agency: Agency) -> Iterator[SplitDifference]:
    """A federal tax refund pays past-due support only, where the profile says so."""
    if not agency.distribution.federal_tax_offset_past_due_only:
        return
    allowed = {
        step.category.value for step in steps_for(Source.FEDERAL_TAX_OFFSET, agency.distribution)
    }
    for case_id, payment in sorted(by_case.items()):
        for category, amount in sorted(payment.parts.items()):
            if category not in NOT_APPLIED and category.value not in allowed:
                kind = DifferenceKind.FEDERAL_REFUND_NOT_ON_PAST_DUE
                named = Category(category.value)
                yield SplitDifference(case_id, _difference(kind, payment, named, amount, ZERO))


def _dues(books: Sequence[Books], day: date, agency: Agency) -> list[Due] | None:
    found: list[Due] = []
    for book in books:
        if not book.case.is_worked(day):
            continue
        dues = dues_before(book, day, agency)
        if dues is None:
            return None
        found.extend(dues)
    return found


def _is_whole(by_case: Mapping[str, PaymentFact]) -> bool:
    """Whether all of the payment is on these cases, and all of it was applied."""
    parts = sum((sum(it.parts.values(), ZERO) for it in by_case.values()), ZERO)
    waits = any(category in NOT_APPLIED for it in by_case.values() for category in it.parts)
    return parts == next(iter(by_case.values())).amount and not waits


def _is_plainly_right(
    by_case: Mapping[str, PaymentFact], books: Sequence[Books], agency: Agency
) -> bool:
    """Whether it paid what comes first of all, on the payor's only case: most payments do."""
    if len(books) != 1 or agency.distribution.current[0] is not Category.CURRENT_SUPPORT:
        return False
    (payment,) = by_case.values()
    if payment.parts.keys() != {AllocationCategory.CURRENT_SUPPORT}:
        return False
    return payment.amount <= support_left(books[0], payment.received_on, agency)


def _of_payment(
    by_case: Mapping[str, PaymentFact], dues: Iterable[Due], agency: Agency
) -> Iterator[SplitDifference]:
    payment = next(iter(by_case.values()))
    dues = list(dues)
    cases = {due.case_id: Decimal(1) for due in dues}
    if not cases.keys() >= by_case.keys():
        return
    shares = distribute(payment.amount, payment.source, dues, agency.distribution, cases)
    if any(share.step is None for share in shares):
        return  # what is left over is held and later applied on a day that is not carried
    expected = by_category(shares)
    record = {
        (case_id, category): amount
        for case_id, it in by_case.items()
        for category, amount in it.parts.items()
    }
    yield from _compare(payment, record, expected)


def _compare(payment: PaymentFact, record: Parts, expected: Parts) -> Iterator[SplitDifference]:
    cases = sorted({case_id for case_id, _ in (*record, *expected)})
    sums = {it: (_of_case(record, it), _of_case(expected, it)) for it in cases}
    if any(abs(has - due) > CENT for has, due in sums.values()):
        empty = any(due > CENT and not has for has, due in sums.values())
        kind = DifferenceKind.WRONG_CASE if empty else DifferenceKind.NOT_IN_PROPORTION
        for case_id, (has, due) in sums.items():
            if has != due:
                category = _most(record, expected, case_id)
                yield SplitDifference(
                    case_id, _difference(kind, payment, category, has, due, across=True)
                )
        return
    for case_id in cases:
        category = _most(record, expected, case_id)
        key = case_id, AllocationCategory(category.value)
        has, due = record.get(key, ZERO), expected.get(key, ZERO)
        if abs(has - due) > CENT:
            kind = DifferenceKind.WRONG_ORDER_OF_APPLICATION
            yield SplitDifference(case_id, _difference(kind, payment, category, has, due))


def _of_case(parts: Parts, case_id: str) -> Decimal:
    return sum((amount for (case, _), amount in parts.items() if case == case_id), ZERO)


def _most(record: Parts, expected: Parts, case_id: str) -> Category:
    """The category in which a case's parts differ most."""
    keys = sorted({key for key in (*record, *expected) if key[0] == case_id})
    key = max(keys, key=lambda it: abs(record.get(it, ZERO) - expected.get(it, ZERO)))
    return Category(key[1].value)


def _difference(
    kind: DifferenceKind,
    payment: PaymentFact,
    category: Category,
    record: Decimal,
    expected: Decimal,
    *,
    across: bool = False,
) -> Difference:
    return Difference(
        kind,
        first_of_month(payment.received_on),
        category,
        record,
        expected,
        payment_id=payment.payment_id,
        across_cases=across,
    )
