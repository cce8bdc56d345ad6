"""Who support is owed to: the family, or the state for the time it paid public assistance.

42 USC 657(a): what falls due while a family receives assistance is assigned to the state; while
assistance is paid, collections go to the state first; afterwards current support and the family's
own arrears come before the state's.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Split:
    """An amount in dollars, split by whom it is owed to."""

    family: Decimal
    state: Decimal


def split_arrears(amount: Decimal, owed: Split, *, on_assistance: bool) -> Split:
    """Split a payment on arrears; what exceeds both goes to the family."""
    if on_assistance:
        state = min(amount, owed.state)
    else:
        state = min(max(amount - owed.family, Decimal(0)), owed.state)
    return Split(amount - state, state)
