"""A case worked out again by the rules, independently of the agency's figures: an estimate.

What the extract does not carry is not judged.
"""

from __future__ import annotations

from portal.rules.recompute_facts import (
    CaseRecord,
    ChargeFact,
    Difference,
    DifferenceKind,
    OrderFact,
    PaymentFact,
)

__all__ = [
    "CaseRecord",
    "ChargeFact",
    "Difference",
    "DifferenceKind",
    "OrderFact",
    "PaymentFact",
]
