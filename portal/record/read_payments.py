"""One case's payments with how they were applied and sent on, and what was owed before a day.

Every query begins with the case. `amount` of a payment is the whole of it: only `portal.ledger`
reads these rows, through the disclosure table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.record.models import Allocation, Charge, Disbursement, Payment
from portal.rules.money import ZERO
from portal.rules.vocabulary import (
    NOT_APPLIED,
    AllocationCategory,
    Category,
    DisbursementStatus,
    Method,
    Payee,
    Source,
)

Parts = dict[AllocationCategory, Decimal]


@dataclass(frozen=True, slots=True)
class DisbursementRow:
    """Money sent on."""

    payee: Payee
    payee_id: str | None
    issued_on: date
    amount: Decimal
    method: Method
    status: DisbursementStatus
    status_on: date
    disbursement_id: str
    replaces: str | None
    """The one that this was issued for again."""


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment, with its parts and disbursements on this case."""

    payment_id: str
    payor_id: str
    withheld_on: date | None
    received_on: date
    amount: Decimal
    source: Source
    payer_name: str | None
    reference: str | None
    reversed_on: date | None
    parts: Parts = field(default_factory=dict)
    disbursements: list[DisbursementRow] = field(default_factory=list)


def read_payments(
    session: Session, case_id: str, first: date, *, me: str, sent_since: date
) -> dict[str, PaymentRow]:
    """Payments received or reversed on or after `first`, by id, in no order that means anything.

    With them those of which something was sent to `me` on or after `sent_since`.
    """
    which = and_(
        Payment.case_id == case_id,
        or_(
            Payment.received_on >= first,
            Payment.reversed_on >= first,
            Payment.payment_id.in_(_sent_to(case_id, me, sent_since)),
        ),
    )
    query = select(
        Payment.payment_id, Payment.payor_id, Payment.withheld_on, Payment.received_on,
        Payment.amount, Payment.source, Payment.payer_name, Payment.reference,
        Payment.reversed_on,
    ).where(which)  # fmt: skip
    found = {
        row.payment_id: PaymentRow(*row[:5], Source(row.source), *row[6:])
        for row in session.execute(query)
    }
    _add_parts(session, which, found)
    _add_disbursements(session, which, found)
    return found


def parts_elsewhere(
    session: Session, case_id: str, first: date, elsewhere: Collection[str]
) -> dict[str, dict[str, Parts]]:
    """Of this case's payments since `first`, their parts on other cases: by payment, by case."""
    found: dict[str, dict[str, Parts]] = defaultdict(lambda: defaultdict(dict))
    if not elsewhere:
        return found
    here = select(Payment.payment_id).where(
        Payment.case_id == case_id, Payment.received_on >= first
    )
    query = select(
        Allocation.payment_id, Allocation.case_id, Allocation.category, Allocation.amount
    ).where(Allocation.case_id.in_(elsewhere), Allocation.payment_id.in_(here))
    for payment_id, case, category, amount in session.execute(query):
        found[payment_id][case][AllocationCategory(category)] = amount
    return found


def owed_before(session: Session, case_id: str, day: date) -> dict[Category, Decimal]:
    """What earlier rows come to: charges due before `day`, less what was applied by then.

    A payment counts when it was received before `day` and not reversed before it.
    """
    owed: dict[Category, Decimal] = defaultdict(lambda: ZERO)
    charges = (
        select(Charge.category, func.sum(Charge.amount))
        .where(Charge.case_id == case_id, Charge.due_on < day)
        .group_by(Charge.category)
    )
    for category, amount in session.execute(charges):
        owed[Category(category)] += amount
    applied = (
        select(Allocation.category, func.sum(Allocation.amount))
        .join(Payment, _of_payment(Allocation))
        .where(
            Payment.case_id == case_id,
            Payment.received_on < day,
            or_(Payment.reversed_on.is_(None), Payment.reversed_on >= day),
            Allocation.category.not_in(NOT_APPLIED),
        )
        .group_by(Allocation.category)
    )
    for category, amount in session.execute(applied):
        owed[Category(category)] -= amount
    return dict(owed)


def _sent_to(case_id: str, me: str, since: date) -> Select[str]:
    nobody_named = and_(Disbursement.payee == Payee.PAYOR, Disbursement.payee_id.is_(None))
    return select(Disbursement.payment_id).where(
        Disbursement.case_id == case_id,
        Disbursement.issued_on >= since,
        or_(Disbursement.payee_id == me, nobody_named),
    )


def _of_payment(table: type[Allocation] | type[Disbursement]) -> ColumnElement[bool]:
    return and_(table.case_id == Payment.case_id, table.payment_id == Payment.payment_id)


def _add_parts(session: Session, which: ColumnElement[bool], found: dict[str, PaymentRow]) -> None:
    query = (
        select(Allocation.payment_id, Allocation.category, Allocation.amount)
        .join(Payment, _of_payment(Allocation))
        .where(which)
    )
    for payment_id, category, amount in session.execute(query):
        found[payment_id].parts[AllocationCategory(category)] = amount


def _add_disbursements(
    session: Session, which: ColumnElement[bool], found: dict[str, PaymentRow]
) -> None:
    query = (
        select(
            Disbursement.payment_id, Disbursement.payee, Disbursement.payee_id,
            Disbursement.issued_on, Disbursement.amount, Disbursement.method,
            Disbursement.status, Disbursement.status_on, Disbursement.disbursement_id,
            Disbursement.replaces,
        )
        .join(Payment, _of_payment(Disbursement))
        .where(which)
    )  # fmt: skip
    for row in session.execute(query):
        sent = DisbursementRow(
            Payee(row.payee),
            row.payee_id,
            row.issued_on,
            row.amount,
            Method(row.method),
            DisbursementStatus(row.status),
            row.status_on,
            row.disbursement_id,
            row.replaces,
        )
        found[row.payment_id].disbursements.append(sent)
