"""Dollars and cents: exact, rounded half up, shared without losing a cent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

Key = TypeVar("Key", bound=str | int)


def to_cents(dollars: Decimal) -> int:
    """Dollars as whole cents. Raises `ValueError` where there is a fraction of a cent."""
    cents = dollars * 100
    if cents != cents.to_integral_value():
        raise ValueError(f"{dollars} is not a whole number of cents")
    return int(cents)


def from_cents(cents: int) -> Decimal:
    """Whole cents as dollars with two places."""
    return Decimal(cents).scaleb(-2)


def round_cent(dollars: Decimal) -> Decimal:
    """Dollars rounded half up (away from zero) to the cent."""
    return dollars.quantize(CENT, rounding=ROUND_HALF_UP)


def percent_of(dollars: Decimal, percent: Decimal) -> Decimal:
    """`percent` % of an amount in dollars, rounded half up to the cent."""
    return round_cent(dollars * percent / 100)


def share_in_proportion(total: Decimal, weights: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Split `total` dollars in proportion to `weights` (dollars), to the cent.

    The shares add up to `total` exactly and each is within a cent of its exact part: the cents
    left over by rounding down go to the largest remainders, and among equal remainders to the
    smaller key, so that the order of `weights` does not matter. No share exceeds its weight
    while `total` does not exceed their sum. A weight of zero gets nothing.

    Raises `ValueError` for a negative total or weight, and where there is money but no weight.
    """
    cents = to_cents(total)
    parts = {key: to_cents(weight) for key, weight in weights.items()}
    whole = sum(parts.values())
    if cents < 0 or any(part < 0 for part in parts.values()):
        raise ValueError("a share needs amounts of zero or more")
    if whole == 0:
        if cents:
            raise ValueError("there is nothing to share in proportion to")
        return dict.fromkeys(parts, ZERO)
    shares = {key: cents * part // whole for key, part in parts.items()}
    remainders = sorted(parts, key=lambda key: (-(cents * parts[key] % whole), key))
    for key in remainders[: cents - sum(shares.values())]:
        shares[key] += 1
    return {key: from_cents(share) for key, share in shares.items()}
