"""The agency's record as tables: a mirror that only a load writes.

What one case's page reads lies side by side on disk: keys begin with the case, and SQLite keeps the
rows in the order of the key. A payment that reaches several cases has one row on each of them.
Sums are cents, dates are agency-local calendar dates.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import RecordBase

LAYOUT = 1
"""Raised when a table here changes; an older record asks for a full extract (``/readyz``)."""

Key = String(32)
_CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}


class Extract(RecordBase):
    """The extract that this record was made from: one row."""

    __tablename__ = "extract"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    layout: Mapped[int]
    agency: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(8))
    as_of: Mapped[date]
    created_at: Mapped[datetime]


class Participant(RecordBase):
    """A person of a case. What locates or identifies them is sealed in ``private``."""

    __tablename__ = "participants"
    __table_args__ = (Index("participants_ssn", "ssn_lookup"), _CLUSTERED)

    participant_id: Mapped[str] = mapped_column(Key, primary_key=True)
    first_name: Mapped[str | None]
    middle_name: Mapped[str | None]
    last_name: Mapped[str]
    suffix: Mapped[str | None]
    language: Mapped[str | None]
    family_violence: Mapped[bool]
    deceased_on: Mapped[date | None]
    ssn_lookup: Mapped[str | None]
    """``Keyring.lookup("ssn", nine digits)``"""
    pin_lookup: Mapped[str | None]
    """``Keyring.lookup("pin", "<participant_id>:<pin>")``"""
    private: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed JSON (place ``participants.private``, row ``participant_id``) of the other columns of
    participants.csv that have a value: birth_date, ssn, pin, email, cell_phone, home_phone,
    mail_…, employer_…"""


class Case(RecordBase):
    __tablename__ = "cases"
    __table_args__ = _CLUSTERED

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    service: Mapped[str]
    status: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    office: Mapped[str | None]
    caseworker_name: Mapped[str | None]
    caseworker_phone: Mapped[str | None]
    public_assistance: Mapped[bool]
    owed_to_state: Mapped[bool]
    overpayment_due: Mapped[Decimal]
    interstate: Mapped[str | None]
    other_jurisdiction: Mapped[str | None]


class CaseCheck(RecordBase):
    """What a load found on a case: rows that were rejected, and whether it adds up.

    A case without a row lost nothing and adds up.
    """

    __tablename__ = "case_checks"
    __table_args__ = _CLUSTERED

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    lost_rows: Mapped[int]
    adds_up: Mapped[bool]


class Member(RecordBase):
    __tablename__ = "members"
    __table_args__ = (Index("members_participant", "participant_id"), _CLUSTERED)

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Key, primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date | None]


class Order(RecordBase):
    __tablename__ = "orders"
    __table_args__ = _CLUSTERED

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    order_id: Mapped[str] = mapped_column(Key, primary_key=True)
    kind: Mapped[str]
    amount: Mapped[Decimal]
    frequency: Mapped[str]
    effective_on: Mapped[date]
    ended_on: Mapped[date | None]
    court: Mapped[str | None]
    docket: Mapped[str | None]
    issuing_state: Mapped[str | None]


class Charge(RecordBase):
    __tablename__ = "charges"
    __table_args__ = _CLUSTERED

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    charge_id: Mapped[str] = mapped_column(Key, primary_key=True)
    order_id: Mapped[str | None] = mapped_column(Key)
    due_on: Mapped[date]
    kind: Mapped[str]
    category: Mapped[str]
    amount: Mapped[Decimal]
    reason: Mapped[str | None]
    note: Mapped[str | None]


class Balance(RecordBase):
    __tablename__ = "balances"
    __table_args__ = _CLUSTERED

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    owed_to: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[date]
    amount: Mapped[Decimal]


class Payment(RecordBase):
    """A payment, once for each case that it reaches; ``amount`` is always the whole payment."""

    __tablename__ = "payments"
    __table_args__ = (Index("payments_payment", "payment_id"), _CLUSTERED)

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    payment_id: Mapped[str] = mapped_column(Key, primary_key=True)
    payor_id: Mapped[str] = mapped_column(Key)
    withheld_on: Mapped[date | None]
    received_on: Mapped[date]
    amount: Mapped[Decimal]
    source: Mapped[str]
    payer_name: Mapped[str | None]
    reference: Mapped[str | None]
    reversed_on: Mapped[date | None]


class Allocation(RecordBase):
    __tablename__ = "allocations"
    __table_args__ = _CLUSTERED

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    payment_id: Mapped[str] = mapped_column(Key, primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[Decimal]


class Disbursement(RecordBase):
    __tablename__ = "disbursements"
    __table_args__ = _CLUSTERED

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    payment_id: Mapped[str] = mapped_column(Key, primary_key=True)
    disbursement_id: Mapped[str] = mapped_column(Key, primary_key=True)
    payee: Mapped[str]
    payee_id: Mapped[str | None] = mapped_column(Key)
    issued_on: Mapped[date]
    amount: Mapped[Decimal]
    method: Mapped[str]
    status: Mapped[str]
    status_on: Mapped[date]
    replaces: Mapped[str | None] = mapped_column(Key)


class EnforcementAction(RecordBase):
    __tablename__ = "enforcement"
    __table_args__ = _CLUSTERED

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    action_id: Mapped[str] = mapped_column(Key, primary_key=True)
    kind: Mapped[str]
    status: Mapped[str]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    reason: Mapped[str | None]


class Notice(RecordBase):
    __tablename__ = "notices"
    __table_args__ = (Index("notices_participant", "participant_id"), _CLUSTERED)

    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    notice_id: Mapped[str] = mapped_column(Key, primary_key=True)
    participant_id: Mapped[str] = mapped_column(Key)
    kind: Mapped[str]
    dated_on: Mapped[date]
    respond_by: Mapped[date | None]
    amount: Mapped[Decimal | None]
    subject: Mapped[str | None]
    text: Mapped[str | None]
