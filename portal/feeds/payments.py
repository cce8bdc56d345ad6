"""Payments with their allocations: each payment and its parts come in, or stay out, together."""

from __future__ import annotations

from portal.feeds.builder import Builder
from portal.feeds.references import References
from portal.feeds.rejects import Rejects
from portal.feeds.schema import ALLOCATIONS, DISBURSEMENTS, PAYMENTS
from portal.feeds.staging import record_columns

_DANGLING = """
    SELECT a.line, a.case_id, a.payment_id, a.category FROM stage.allocations a
    LEFT JOIN stage.payments p ON p.payment_id = a.payment_id
    WHERE p.payment_id IS NULL ORDER BY a.line
"""
_UNEVEN = """
    INSERT INTO stage.uneven
    SELECT p.payment_id FROM stage.payments p WHERE p.amount <> COALESCE(
        (SELECT SUM(a.amount) FROM stage.allocations a WHERE a.payment_id = p.payment_id), 0)
"""
_FILL_PAYMENTS = """
    INSERT INTO record.payments ({columns}) SELECT {selected}
    FROM (SELECT DISTINCT payment_id, case_id FROM stage.allocations) a
    JOIN stage.payments p ON p.payment_id = a.payment_id
    ORDER BY a.case_id, a.payment_id
"""
_FILL_ALLOCATIONS = """
    INSERT INTO record.allocations (case_id, payment_id, category, amount)
    SELECT case_id, payment_id, category, amount FROM stage.allocations
    ORDER BY case_id, payment_id, category
"""


def settle(builder: Builder, references: References, rejects: Rejects, is_full: bool) -> None:
    """Reject what does not add up and write the rest: payments once for each case they reach."""
    if not is_full:
        raise NotImplementedError
    builder.run("CREATE TABLE stage.uneven (payment_id VARCHAR(32) PRIMARY KEY)")
    _reject_dangling(builder, references, rejects)
    _reject_uneven(builder, references, rejects)
    columns = record_columns("payments")
    selected = ", ".join("a.case_id" if name == "case_id" else f"p.{name}" for name in columns)
    builder.run(_FILL_PAYMENTS.format(columns=", ".join(columns), selected=selected))
    builder.create_indexes("payments")
    builder.run(_FILL_ALLOCATIONS)
    for table in ("payments", "allocations", "uneven"):
        builder.run(f"DROP TABLE stage.{table}")


def _reject_dangling(builder: Builder, references: References, rejects: Rejects) -> None:
    found = False
    for line, case_id, payment_id, category in builder.rows(_DANGLING):
        found = True
        rejects.rejected("allocations", line, "payment_id", payment_id, "is not in payments.csv")
        references.reject(ALLOCATIONS, [f"{payment_id}|{case_id}|{category}"], [case_id])
    if found:
        references.flush()
        builder.run(
            "DELETE FROM stage.allocations WHERE payment_id NOT IN"
            " (SELECT payment_id FROM stage.payments)"
        )


def _reject_uneven(builder: Builder, references: References, rejects: Rejects) -> None:
    if not builder.run(_UNEVEN):
        return
    reason = "its allocations do not add up to it"
    rows = builder.rows(
        "SELECT line, payment_id FROM stage.payments WHERE line IS NOT NULL"
        " AND payment_id IN (SELECT payment_id FROM stage.uneven) ORDER BY line"
    )
    for line, payment_id in rows:
        rejects.rejected("payments", line, "payment_id", payment_id, reason)
        references.reject(PAYMENTS, [payment_id], [])
    rows = builder.rows(
        "SELECT line, payment_id, case_id, category FROM stage.allocations WHERE line IS NOT NULL"
        " AND payment_id IN (SELECT payment_id FROM stage.uneven) ORDER BY line"
    )
    for line, payment_id, case_id, category in rows:
        rejects.rejected("allocations", line, "payment_id", payment_id, f"of its payment, {reason}")
        references.reject(ALLOCATIONS, [f"{payment_id}|{case_id}|{category}"], [case_id])
    references.flush()
    for table in ("allocations", "payments"):
        builder.run(
            f"DELETE FROM stage.{table} WHERE payment_id IN (SELECT payment_id FROM stage.uneven)"
        )


def check_disbursements(builder: Builder, references: References, rejects: Rejects) -> None:
    """Reject disbursements of a payment, or in place of a disbursement, that is not there."""
    _reject_disbursements(
        builder,
        references,
        rejects,
        "payment_id",
        "SELECT d.line, d.case_id, d.disbursement_id, d.payment_id FROM stage.disbursements d"
        " WHERE NOT EXISTS (SELECT 1 FROM record.payments p WHERE p.payment_id = d.payment_id)"
        " ORDER BY d.line",
    )
    replaced = (
        "SELECT d.line, d.case_id, d.disbursement_id, d.replaces FROM stage.disbursements d"
        " WHERE d.replaces IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM stage.disbursements o WHERE o.disbursement_id = d.replaces)"
        " ORDER BY d.line"
    )
    while _reject_disbursements(builder, references, rejects, "replaces", replaced):
        pass  # what replaces a rejected one goes too, and so on


def _reject_disbursements(
    builder: Builder, references: References, rejects: Rejects, column: str, query: str
) -> bool:
    found = list(builder.rows(query))
    target = "payments" if column == "payment_id" else "disbursements"
    for line, case_id, disbursement_id, value in found:
        rejects.rejected("disbursements", line, column, value, f"is not in {target}.csv")
        references.reject(DISBURSEMENTS, [disbursement_id], [case_id])
        builder.run(
            "DELETE FROM stage.disbursements WHERE disbursement_id = :id", {"id": disbursement_id}
        )
    references.flush()
    return bool(found)


_OVERPAID = """
    SELECT d.case_id, d.payment_id FROM (
        SELECT case_id, payment_id, SUM(amount) AS sent FROM record.disbursements
        WHERE status IN ('outstanding', 'cashed') GROUP BY case_id, payment_id) d
    WHERE d.sent > COALESCE((SELECT SUM(a.amount) FROM record.allocations a
        WHERE a.case_id = d.case_id AND a.payment_id = d.payment_id), 0)
    ORDER BY d.case_id, d.payment_id
"""


def warn_overpaid(builder: Builder, rejects: Rejects) -> None:
    """Warn of disbursements above their allocations; a void or returned one does not count."""
    for _, payment_id in builder.rows(_OVERPAID):
        rejects.warning(
            "disbursements", None, "amount", payment_id, "sent out more than was allocated"
        )
