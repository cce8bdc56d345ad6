"""A case worked out again by the rules, independently of the agency's figures: an estimate.

Orders against charges, charges against the rules of interest, credits and payments against the
order of application. What the extract does not carry is not judged. There are no tolerances but the
cent by which shares are rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from portal.rules.agency import Agency
from portal.rules.recompute_agreed import agreed_months
from portal.rules.recompute_books import Books
from portal.rules.recompute_charges import charge_differences
from portal.rules.recompute_credits import credit_differences
from portal.rules.recompute_facts import (
    CaseRecord,
    ChargeFact,
    Difference,
    DifferenceKind,
    OrderFact,
    PaymentFact,
)
from portal.rules.recompute_interest import interest_differences
from portal.rules.recompute_split import split_differences

__all__ = [
    "CaseRecord",
    "ChargeFact",
    "Difference",
    "DifferenceKind",
    "OrderFact",
    "PaymentFact",
    "agreed_months",
    "recompute",
    "recompute_splits",
]


def recompute(case: CaseRecord, agency: Agency) -> tuple[Difference, ...]:
    """What one case's own rows show: charges, interest and penalty, credits; the oldest first."""
    books = Books(case)
    return in_order(
        (
            *charge_differences(case, agency.billing),
            *interest_differences(case, books, agency),
            *credit_differences(case, books, agency),
        )
    )


def recompute_splits(
    cases: Sequence[CaseRecord], agency: Agency, payor_id: str
) -> dict[str, tuple[Difference, ...]]:
    """How a payor's own payments were applied on these cases: by case, the oldest first.

    `cases` are all on which they pay; others may pay on them too.
    """
    found: dict[str, list[Difference]] = {case.case_id: [] for case in cases}
    for split in split_differences([Books(case) for case in cases], agency, payor_id):
        found[split.case_id].append(split.difference)
    return {case_id: in_order(of_case) for case_id, of_case in found.items()}


def in_order(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """By month, kind and content: the order of the rows does not show."""
    return tuple(
        sorted(
            found,
            key=lambda it: (it.month, it.kind, it.category, it.record, it.charge_ids,
                            it.payment_id or ""),
        )
    )  # fmt: skip
