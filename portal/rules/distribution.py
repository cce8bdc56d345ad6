"""How a payment is applied: current support in all households first, then past-due support.

Too little money for all is shared in proportion to what is due to each household; the paying parent
may not direct it. A federal tax refund goes to past-due support (only, or first: the profile says).
What is left over is a payment of months to come (45 CFR 302.51), or a refund. The order of the
categories and the formula for arrears are the agency profile's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.rules.agency import ArrearsShare, Distribution
from portal.rules.money import ZERO, from_cents, share_in_proportion, to_cents
from portal.rules.vocabulary import AllocationCategory, Category, Source


@dataclass(frozen=True, slots=True)
class Due:
    """What one case is owed in one category, in dollars, when a payment is received.

    Not `past_due` is what falls due in the month of receipt and is not yet paid; unpaid support of
    earlier months is past due, under `arrears`.
    """

    case_id: str
    category: Category
    amount: Decimal
    past_due: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the order in which a payment is applied; it names the rule for parents."""

    category: Category
    past_due: bool


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a payment that a step applied to a case. Left over: no step."""

    case_id: str
    category: AllocationCategory
    amount: Decimal
    step: Step | None


def steps_for(source: Source, rules: Distribution) -> tuple[Step, ...]:
    """The steps a payment of this source goes through, in order."""
    usual = (
        *(Step(category, past_due=False) for category in rules.current),
        *(Step(category, past_due=True) for category in rules.past_due),
    )
    if source is not Source.FEDERAL_TAX_OFFSET:
        return usual
    offset = tuple(Step(category, past_due=True) for category in rules.federal_tax_offset)
    if rules.federal_tax_offset_past_due_only:
        return offset
    return (*offset, *(step for step in usual if step not in offset))


def distribute(
    amount: Decimal,
    source: Source,
    dues: Iterable[Due],
    rules: Distribution,
    left_over_by: Mapping[str, Decimal],
) -> tuple[Share, ...]:
    """Apply a payment of `amount` dollars to what is due; the shares add up to it exactly.

    `left_over_by` gives every case of the payor a weight (dollars; its usual month's amount) by
    which what is left over is shared; all zero, it goes to the first case by key. No case gets more
    than it is due, and none gets past-due support while current support is unpaid elsewhere. The
    order of `dues` does not matter. Raises `ValueError` for an amount or a due below zero.
    """
    owed: dict[Step, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for due in dues:
        if due.amount < 0:
            raise ValueError("what is due cannot be less than nothing")
        owed[Step(due.category, due.past_due)][due.case_id] += due.amount
    shares = list(_apply(amount, steps_for(source, rules), owed, rules.arrears_share))
    left = amount - sum((share.amount for share in shares), ZERO)
    if left:
        shares.extend(_left_over(left, left_over_by, rules.left_over))
    return tuple(shares)


def by_category(shares: Iterable[Share]) -> dict[tuple[str, AllocationCategory], Decimal]:
    """The shares as allocations: one amount for each case and category."""
    totals: dict[tuple[str, AllocationCategory], Decimal] = defaultdict(lambda: ZERO)
    for share in shares:
        totals[share.case_id, share.category] += share.amount
    return dict(totals)


def _apply(
    amount: Decimal,
    steps: Iterable[Step],
    owed: Mapping[Step, Mapping[str, Decimal]],
    arrears_share: ArrearsShare,
) -> Iterator[Share]:
    if amount < 0:
        raise ValueError("a payment cannot be less than nothing")
    for step in steps:
        dues = owed.get(step, {})
        part = min(amount, sum(dues.values(), ZERO))
        if not part:
            continue
        equally = step.past_due and arrears_share is ArrearsShare.EQUAL
        split = share_equally(part, dues) if equally else share_in_proportion(part, dues)
        amount -= part
        for case_id, share in sorted(split.items()):
            if share:
                yield Share(case_id, AllocationCategory(step.category.value), share, step)


def _left_over(
    left: Decimal, weights: Mapping[str, Decimal], category: AllocationCategory
) -> Iterator[Share]:
    if not weights:
        raise ValueError("a payment needs a case to stay on")
    if not any(weights.values()):
        weights = {min(weights): Decimal(1)}
    for case_id, share in sorted(share_in_proportion(left, weights).items()):
        if share:
            yield Share(case_id, category, share, None)


def share_equally(total: Decimal, dues: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Split `total` evenly, none above its due; what one cannot take is split among the rest.

    Odd cents go to the smaller keys. `total` may not exceed the sum of `dues` (dollars).
    """
    left, shares = to_cents(total), dict.fromkeys(dues, 0)
    waiting = sorted(dues, key=lambda key: (dues[key], key))
    while waiting:
        key = waiting.pop(0)
        shares[key] = min(to_cents(dues[key]), left // (len(waiting) + 1))
        left -= shares[key]
    for key in sorted(dues):
        if left and shares[key] < to_cents(dues[key]):
            shares[key] += 1
            left -= 1
    return {key: from_cents(cents) for key, cents in shares.items()}
