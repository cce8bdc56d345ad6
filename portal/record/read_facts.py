"""Whole cases' rows as an independent recomputation takes them: orders, charges, payments.

Every query begins with the case. Rows are handed out whole and of all years; only
`portal.ledger.recomputed` reads them, and tells of them what the disclosure table lets it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.record.models import Allocation, Case, Charge, Extract, Order, Payment
from portal.rules.recompute import CaseRecord, ChargeFact, OrderFact, PaymentFact
from portal.rules.vocabulary import (
    AllocationCategory,
    Category,
    ChargeKind,
    ChargeReason,
    Frequency,
    Interstate,
    OrderKind,
    Service,
    Source,
)


def read_facts(session: Session, case_ids: Collection[str]) -> dict[str, CaseRecord]:
    """Those of some cases that the record has, by id."""
    query = (
        select(
            Case.case_id, Case.service, Case.opened_on, Case.closed_on, Case.interstate,
            Extract.as_of,
        )
        .join(Extract, Extract.sequence.is_not(None))
        .where(Case.case_id.in_(case_ids))
    )  # fmt: skip
    orders = _orders(session, case_ids)
    charges = _charges(session, case_ids)
    payments = _payments(session, case_ids)
    return {
        row.case_id: CaseRecord(
            row.case_id,
            Service(row.service),
            row.opened_on,
            row.closed_on,
            Interstate(row.interstate or Interstate.NONE),
            row.as_of,
            tuple(orders[row.case_id]),
            tuple(charges[row.case_id]),
            tuple(payments[row.case_id]),
        )
        for row in session.execute(query)
    }


def _orders(session: Session, case_ids: Collection[str]) -> dict[str, list[OrderFact]]:
    query = select(
        Order.case_id, Order.kind, Order.amount, Order.frequency, Order.effective_on,
        Order.ended_on, Order.issuing_state,
    ).where(Order.case_id.in_(case_ids))  # fmt: skip
    found: dict[str, list[OrderFact]] = defaultdict(list)
    for row in session.execute(query):
        found[row.case_id].append(
            OrderFact(
                OrderKind(row.kind),
                row.amount,
                Frequency(row.frequency),
                row.effective_on,
                row.ended_on,
                row.issuing_state,
            )
        )
    return found


def _charges(session: Session, case_ids: Collection[str]) -> dict[str, list[ChargeFact]]:
    query = select(
        Charge.case_id, Charge.charge_id, Charge.due_on, Charge.kind, Charge.category,
        Charge.amount, Charge.reason,
    ).where(Charge.case_id.in_(case_ids))  # fmt: skip
    found: dict[str, list[ChargeFact]] = defaultdict(list)
    for case_id, charge_id, due_on, kind, category, amount, reason in session.execute(query):
        found[case_id].append(
            ChargeFact(
                charge_id,
                due_on,
                ChargeKind(kind),
                Category(category),
                amount,
                ChargeReason(reason) if reason else None,
            )
        )
    return found


def _payments(session: Session, case_ids: Collection[str]) -> dict[str, list[PaymentFact]]:
    parts: dict[tuple[str, str], dict[AllocationCategory, Any]] = defaultdict(dict)
    allocated = select(
        Allocation.case_id, Allocation.payment_id, Allocation.category, Allocation.amount
    ).where(Allocation.case_id.in_(case_ids))
    for case_id, payment_id, category, amount in session.execute(allocated):
        parts[case_id, payment_id][AllocationCategory(category)] = amount
    query = select(
        Payment.case_id, Payment.payment_id, Payment.received_on, Payment.amount,
        Payment.source, Payment.reversed_on, Payment.payor_id,
    ).where(Payment.case_id.in_(case_ids))  # fmt: skip
    found: dict[str, list[PaymentFact]] = defaultdict(list)
    for row in session.execute(query):
        found[row.case_id].append(
            PaymentFact(
                row.payment_id,
                row.received_on,
                row.amount,
                Source(row.source),
                row.reversed_on,
                parts[row.case_id, row.payment_id],
                row.payor_id,
            )
        )
    return found
