"""Twelve families in whose record something is wrong, for the pages that find it.

Each is simulated as every other family is; then its finished rows are altered as the mistake would
have left them. They have random numbers and keys of their own: with or without them every other
family is the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.demo import extract_planted_families as families
from portal.demo import extract_planted_mistakes as mistakes
from portal.demo.extract_people import Numbers
from portal.demo.extract_planted_rows import Rows
from portal.demo.extract_special import Maker, Special


@dataclass(frozen=True, slots=True)
class Mistake:
    """A family, and what is done to its finished rows."""

    make: Callable[[Maker], Special]
    alter: Callable[[Rows, Maker], None]


def planted_numbers() -> Numbers:
    """Keys and Social Security numbers far above those of every other family."""
    return Numbers(keys_after=900_000_000, people_after=1_900_000)


PLANTED = (
    Mistake(families.order_changed, mistakes.lower_the_order),
    Mistake(families.missing_charge, mistakes.lose_a_charge),
    Mistake(families.after_the_end, mistakes.end_the_order),
    Mistake(families.charged_twice, mistakes.charge_again),
    Mistake(families.withholding_only, mistakes.add_interest),
    Mistake(families.another_state, mistakes.add_interest),
    Mistake(families.compounded, mistakes.compound),
    Mistake(families.minimum_paid, mistakes.add_interest),
    Mistake(families.under_threshold, mistakes.add_interest),
    Mistake(families.credit_missed, mistakes.leave_it_waiting),
    Mistake(families.federal_refund, mistakes.apply_to_current),
    Mistake(families.wrong_case, mistakes.apply_to_one),
)
