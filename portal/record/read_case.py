"""One case's own rows: the case, its orders, charges, balances, enforcement and letters.

Every query begins with the case, so that it reads rows that lie side by side. Rows are handed out
whole; only `portal.ledger` reads them, through the disclosure table.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from portal.record.models import (
    Balance,
    Case,
    CaseCheck,
    Charge,
    Extract,
    Member,
    Notice,
    Order,
)
from portal.rules.vocabulary import (
    CaseStatus,
    Category,
    ChargeKind,
    ChargeReason,
    Frequency,
    Interstate,
    NoticeKind,
    OrderKind,
    OwedTo,
    Role,
    Service,
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case and what the load found on it, as of the extract's day."""

    case_id: str
    service: Service
    status: CaseStatus
    opened_on: date
    closed_on: date | None
    interstate: Interstate
    lost_rows: bool
    adds_up: bool
    as_of: date
    receivers: int
    """How many persons receive or have received support on the case: not to be shown."""
    current_to_state: bool
    """Whether current support is owed to the state."""
    arrears_to_state: bool
    """Whether past-due support, or a part of it, is owed to the state."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """What a court ordered."""

    kind: OrderKind
    amount: Decimal
    frequency: Frequency
    effective_on: date
    ended_on: date | None
    court: str | None
    docket: str | None
    order_id: str


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """An amount that fell due, a correction, or what was owed before the first row."""

    due_on: date
    kind: ChargeKind
    category: Category
    amount: Decimal
    reason: ChargeReason | None
    charge_id: str
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A balance as the agency has it."""

    category: Category
    owed_to: OwedTo
    as_of: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A letter to one person about one case."""

    notice_id: str
    case_id: str
    kind: NoticeKind
    dated_on: date
    respond_by: date | None
    amount: Decimal | None
    subject: str | None
    text: str | None


def read_case(session: Session, case_id: str) -> CaseRow | None:
    """The case; None where the record has none of that id."""
    return read_cases(session, [case_id]).get(case_id)


def read_cases(session: Session, case_ids: Collection[str]) -> dict[str, CaseRow]:
    """Those of some cases that the record has, by id."""
    receivers = (
        select(func.count(Member.participant_id.distinct()))
        .where(Member.case_id == Case.case_id, Member.role.in_((Role.CUSTODIAL, Role.GUARDIAN)))
        .scalar_subquery()
    )
    query = (
        select(
            Case.case_id, Case.service, Case.status, Case.opened_on, Case.closed_on,
            Case.interstate, CaseCheck.lost_rows, CaseCheck.adds_up, Extract.as_of,
            receivers.label("receivers"),
            _to_state(Category.CURRENT_SUPPORT).label("current_to_state"),
            _to_state(Category.ARREARS).label("arrears_to_state"),
        )
        .select_from(Case)
        .join(Extract, Extract.sequence.is_not(None))
        .outerjoin(CaseCheck, CaseCheck.case_id == Case.case_id)
        .where(Case.case_id.in_(case_ids))
    )  # fmt: skip
    return {
        row.case_id: CaseRow(
            row.case_id,
            Service(row.service),
            CaseStatus(row.status),
            row.opened_on,
            row.closed_on,
            Interstate(row.interstate or Interstate.NONE),
            bool(row.lost_rows),
            row.adds_up is not False,
            row.as_of,
            row.receivers,
            bool(row.current_to_state),
            bool(row.arrears_to_state),
        )
        for row in session.execute(query)
    }


def _to_state(category: Category) -> ScalarSelect[int]:
    """How many balances of the category are owed to the state: none or one."""
    return (
        select(func.count())
        .select_from(Balance)
        .where(
            Balance.case_id == Case.case_id,
            Balance.category == category,
            Balance.owed_to == OwedTo.STATE,
        )
        .scalar_subquery()
    )


def case_statuses(session: Session, case_ids: Collection[str]) -> dict[str, CaseStatus]:
    """Whether the agency works each of some cases."""
    query = select(Case.case_id, Case.status).where(Case.case_id.in_(case_ids))
    return {case_id: CaseStatus(status) for case_id, status in session.execute(query)}


def read_orders(session: Session, case_id: str) -> tuple[OrderRow, ...]:
    """Every order on the case, the newest first."""
    columns = (
        Order.kind, Order.amount, Order.frequency, Order.effective_on,
        Order.ended_on, Order.court, Order.docket,
    )  # fmt: skip
    newest = (Order.effective_on.desc(), *columns)
    query = select(*columns, Order.order_id).where(Order.case_id == case_id).order_by(*newest)
    return tuple(
        OrderRow(OrderKind(row.kind), row.amount, Frequency(row.frequency), *row[3:])
        for row in session.execute(query)
    )


def read_charges(session: Session, case_id: str, first: date, last: date) -> tuple[ChargeRow, ...]:
    """The charges due from `first` to `last` (both included), by day and then by content."""
    columns = (Charge.due_on, Charge.kind, Charge.category, Charge.amount, Charge.reason)
    query = (
        select(*columns, Charge.charge_id, Charge.order_id)
        .where(Charge.case_id == case_id, Charge.due_on >= first, Charge.due_on <= last)
        .order_by(*columns)
    )
    return tuple(
        ChargeRow(
            due_on,
            ChargeKind(kind),
            Category(category),
            amount,
            ChargeReason(reason) if reason else None,
            charge_id,
            order_id,
        )
        for due_on, kind, category, amount, reason, charge_id, order_id in session.execute(query)
    )


def read_balances(session: Session, case_id: str) -> tuple[BalanceRow, ...]:
    """The agency's balances of the case."""
    columns = (Balance.category, Balance.owed_to, Balance.as_of, Balance.amount)
    query = select(*columns).where(Balance.case_id == case_id).order_by(*columns)
    return tuple(
        BalanceRow(Category(category), OwedTo(owed_to), as_of, amount)
        for category, owed_to, as_of, amount in session.execute(query)
    )


def read_notices(
    session: Session, case_ids: Collection[str], participant_id: str
) -> tuple[NoticeRow, ...]:
    """The letters to one person about some cases, the newest first."""
    columns = (
        Notice.notice_id, Notice.case_id, Notice.kind, Notice.dated_on,
        Notice.respond_by, Notice.amount, Notice.subject, Notice.text,
    )  # fmt: skip
    query = (
        select(*columns)
        .where(Notice.case_id.in_(case_ids), Notice.participant_id == participant_id)
        .order_by(Notice.dated_on.desc(), Notice.kind, Notice.subject, Notice.text, Notice.case_id)
    )
    return tuple(
        NoticeRow(row.notice_id, row.case_id, NoticeKind(row.kind), *row[3:])
        for row in session.execute(query)
    )
