"""Disbursements: of a payment that is there, in place of one that is there, and not too much."""

from __future__ import annotations

from portal.feeds.builder import Builder
from portal.feeds.references import References
from portal.feeds.rejects import Rejects
from portal.feeds.schema import DISBURSEMENTS

_WITHOUT_PAYMENT = """
    FROM stage.disbursements WHERE payment_id IN
    (SELECT id FROM stage.rejected WHERE tbl = 'payments') OR NOT EXISTS
    (SELECT 1 FROM record.payments p WHERE p.payment_id = stage.disbursements.payment_id)
"""
_WITHOUT_REPLACED = """
    FROM stage.disbursements WHERE replaces IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM stage.disbursements n
        WHERE n.disbursement_id = stage.disbursements.replaces)
    AND (replaces IN (SELECT id FROM stage.rejected WHERE tbl = 'disbursements')
        OR NOT EXISTS (SELECT 1 FROM record.disbursements o
            WHERE o.case_id = stage.disbursements.case_id
            AND o.disbursement_id = stage.disbursements.replaces))
"""
_OVERPAID = """
    SELECT d.case_id, d.payment_id FROM (
        SELECT case_id, payment_id, SUM(amount) AS sent FROM record.disbursements
        WHERE status IN ('outstanding', 'cashed') GROUP BY case_id, payment_id) d
    WHERE d.sent > COALESCE((SELECT SUM(a.amount) FROM record.allocations a
        WHERE a.case_id = d.case_id AND a.payment_id = d.payment_id), 0)
    ORDER BY d.case_id, d.payment_id
"""


def check(builder: Builder, references: References, rejects: Rejects) -> None:
    """Reject disbursements of a payment, or in place of a disbursement, that is not there."""
    reason = "is not in payments.csv"
    _reject(builder, references, rejects, "payment_id", _WITHOUT_PAYMENT, reason)
    reason = "is not in disbursements.csv"
    while _reject(builder, references, rejects, "replaces", _WITHOUT_REPLACED, reason):
        pass  # what replaces a rejected one goes too, and so on


def _reject(
    builder: Builder,
    references: References,
    rejects: Rejects,
    column: str,
    chosen: str,
    reason: str,
) -> bool:
    found = False
    for line, case_id, key, value in builder.rows(
        f"SELECT line, case_id, disbursement_id, {column} {chosen} ORDER BY line"
    ):
        found = True
        rejects.rejected("disbursements", line, column, value, reason)
        references.reject(DISBURSEMENTS, [key], [case_id])
    if found:
        builder.run(f"DELETE {chosen}")
        references.flush()
    return found


def warn_overpaid(builder: Builder, rejects: Rejects) -> None:
    """Warn of disbursements above their allocations; a void or returned one does not count."""
    for _, payment_id in builder.rows(_OVERPAID):
        rejects.warning(
            "disbursements", None, "amount", payment_id, "sent out more than was allocated"
        )
