"""Payments with their allocations: each payment and its parts come in, or stay out, together.

In a delta the unit is what the record will hold: its old rows less the removals, under the new
ones. A unit that does not add up keeps its old version whole.
"""

from __future__ import annotations

from portal.feeds.builder import Builder
from portal.feeds.errors import FileRefused
from portal.feeds.references import References
from portal.feeds.rejects import Rejects
from portal.feeds.schema import ALLOCATIONS, PAYMENTS, REMOVALS
from portal.feeds.staging import record_columns

_REASON = "its allocations do not add up to it"
_DANGLING = """
    FROM stage.allocations WHERE NOT EXISTS
    (SELECT 1 FROM stage.payments p WHERE p.payment_id = stage.allocations.payment_id)
"""
_UNITS = """
    SELECT COUNT(*), COUNT(p.payment_id), COUNT(CASE WHEN p.amount = a.total THEN 1 END)
    FROM (SELECT payment_id, SUM(amount) AS total FROM stage.allocations GROUP BY payment_id) a
    LEFT JOIN stage.payments p ON p.payment_id = a.payment_id
"""
_UNEVEN = """
    INSERT INTO stage.uneven
    SELECT p.payment_id FROM stage.payments p WHERE p.amount <> COALESCE(
        (SELECT SUM(a.amount) FROM stage.allocations a WHERE a.payment_id = p.payment_id), 0)
"""
_IS_UNEVEN = "payment_id IN (SELECT payment_id FROM stage.uneven)"
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
_OF_REJECTED = """
    FROM stage.allocations WHERE payment_id IN
    (SELECT id FROM stage.rejected WHERE tbl = 'payments')
"""
_TOUCHED = """
    INSERT INTO stage.touched SELECT payment_id FROM stage.payments
    UNION SELECT payment_id FROM stage.allocations
    UNION SELECT payment_id FROM stage.removed_payments
    UNION SELECT payment_id FROM stage.removed_allocations
"""
_OLD_PAYMENTS = """
    INSERT INTO stage.payments ({columns}) SELECT DISTINCT {columns} FROM record.payments
    WHERE payment_id IN (SELECT payment_id FROM stage.touched)
    AND payment_id NOT IN (SELECT payment_id FROM stage.removed_payments)
    AND payment_id NOT IN (SELECT payment_id FROM stage.payments)
"""
_OLD_ALLOCATIONS = """
    INSERT INTO stage.allocations (payment_id, case_id, category, amount)
    SELECT a.payment_id, a.case_id, a.category, a.amount
    FROM stage.touched t JOIN record.payments p ON p.payment_id = t.payment_id
    JOIN record.allocations a ON a.case_id = p.case_id AND a.payment_id = p.payment_id
    WHERE NOT EXISTS (SELECT 1 FROM stage.removed_allocations r WHERE r.payment_id = a.payment_id
        AND r.case_id = a.case_id AND r.category = a.category)
    AND NOT EXISTS (SELECT 1 FROM stage.allocations n WHERE n.payment_id = a.payment_id
        AND n.case_id = a.case_id AND n.category = a.category)
"""
_STILL_USED = """
    SELECT r.line, r.payment_id FROM stage.removed_payments r
    JOIN stage.allocations a ON a.payment_id = r.payment_id AND a.line IS NULL
    WHERE r.payment_id NOT IN (SELECT payment_id FROM stage.payments) LIMIT 1
"""
_FORGET_ALLOCATIONS = """
    DELETE FROM record.allocations WHERE (case_id, payment_id) IN (
        SELECT case_id, payment_id FROM record.payments
        WHERE payment_id IN (SELECT payment_id FROM stage.touched))
"""
_FORGET_PAYMENTS = """
    DELETE FROM record.payments WHERE payment_id IN (SELECT payment_id FROM stage.touched)
"""


def settle(builder: Builder, references: References, rejects: Rejects, is_full: bool) -> None:
    """Reject what does not add up and write the rest: payments once for each case they reach.

    :raises FileRefused: when a delta removes a payment whose allocations stay.
    """
    builder.run("CREATE TABLE stage.uneven (payment_id VARCHAR(32) PRIMARY KEY)")
    if not is_full:
        _complete_units(builder, references, rejects)
    if not _is_sound(builder):
        _reject(builder, references, rejects, _DANGLING, "is not in payments.csv")
        _reject_uneven(builder, references, rejects, is_full)
    if not is_full:
        builder.run(f"DELETE FROM stage.touched WHERE {_IS_UNEVEN}")
        builder.run(_FORGET_ALLOCATIONS)
        builder.run(_FORGET_PAYMENTS)
    columns = record_columns("payments")
    selected = ", ".join("a.case_id" if name == "case_id" else f"p.{name}" for name in columns)
    builder.run(_FILL_PAYMENTS.format(columns=", ".join(columns), selected=selected))
    builder.create_indexes("payments")
    builder.run(_FILL_ALLOCATIONS)
    for table in ("payments", "allocations", "uneven"):
        builder.run(f"DROP TABLE stage.{table}")


def _is_sound(builder: Builder) -> bool:
    """Whether every payment has its allocations and they add up: one walk through both tables."""
    payments = next(iter(builder.rows("SELECT COUNT(*) FROM stage.payments")))[0]
    units, known, even = next(iter(builder.rows(_UNITS)))
    return bool(units == known == even == payments)


def _complete_units(builder: Builder, references: References, rejects: Rejects) -> None:
    """Add to the new rows of a delta the old ones of the same payments (without a line)."""
    _reject(builder, references, rejects, _OF_REJECTED, "is rejected in payments.csv")
    builder.run("CREATE TABLE stage.touched (payment_id VARCHAR(32) PRIMARY KEY)")
    builder.run(_TOUCHED)
    builder.run(_OLD_PAYMENTS.format(columns=", ".join(PAYMENTS.column_names)))
    builder.run(_OLD_ALLOCATIONS)
    for line, payment_id in builder.rows(_STILL_USED):
        raise FileRefused(
            REMOVALS.filename, f"payments {payment_id} is still used by allocations.csv", line
        )


def _reject(
    builder: Builder, references: References, rejects: Rejects, chosen: str, reason: str
) -> None:
    """Reject the allocations that ``chosen`` (from, where) gives."""
    found = False
    for line, payment_id, case_id, category in builder.rows(
        f"SELECT line, payment_id, case_id, category {chosen} ORDER BY line"
    ):
        found = True
        rejects.rejected("allocations", line, "payment_id", payment_id, reason)
        references.reject(ALLOCATIONS, [f"{payment_id}|{case_id}|{category}"], [case_id])
    if found:
        references.flush()
        builder.run(f"DELETE {chosen}")


def _reject_uneven(
    builder: Builder, references: References, rejects: Rejects, is_full: bool
) -> None:
    if not builder.run(_UNEVEN):
        return
    for line, payment_id in builder.rows(
        f"SELECT line, payment_id FROM stage.payments WHERE line IS NOT NULL AND {_IS_UNEVEN}"
        " ORDER BY line"
    ):
        rejects.rejected("payments", line, "amount", payment_id, _REASON)
        references.reject(PAYMENTS, [payment_id], [])
    for table in () if is_full else ("removed_payments", "removed_allocations"):
        for line, payment_id in builder.rows(
            f"SELECT line, payment_id FROM stage.{table} WHERE {_IS_UNEVEN} ORDER BY line"
        ):
            rejects.rejected(REMOVALS.name, line, "key", payment_id, f"of a payment, {_REASON}")
    _reject(
        builder,
        references,
        rejects,
        f"FROM stage.allocations WHERE line IS NOT NULL AND {_IS_UNEVEN}",
        f"of a payment, {_REASON}",
    )
    for table in ("allocations", "payments"):
        builder.run(f"DELETE FROM stage.{table} WHERE {_IS_UNEVEN}")
