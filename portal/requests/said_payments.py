"""The payments a parent says were made, beside what the agency has for the same months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.ledger.payments import payments_shown
from portal.requests.file_review import SaidPayment
from portal.rules.calendar import first_of_month
from portal.rules.money import ZERO


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A payment that the agency has: the day it came in and its part on a case, in dollars."""

    on: date
    case_id: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class MonthCompared:
    """One month: what the parent says, and what the agency has."""

    month: date
    said: tuple[SaidPayment, ...]
    known: tuple[KnownPayment, ...]

    @property
    def said_total(self) -> Decimal:
        """In dollars."""
        return sum((payment.amount for payment in self.said), ZERO)

    @property
    def known_total(self) -> Decimal:
        """In dollars."""
        return sum((payment.amount for payment in self.known), ZERO)


def known_payments(session: Session, views: Iterable[CaseView]) -> list[KnownPayment]:
    """What came in on the cases, as the person may see it, by day; reversed payments are out."""
    found = [
        KnownPayment(payment.received_on, view.case_id, payment.received_in)
        for view in views
        for payment in payments_shown(session, view)
        if payment.received_on is not None and payment.received_in > ZERO
    ]
    return sorted(found, key=lambda payment: (payment.on, payment.case_id, payment.amount))


def compare(said: Sequence[SaidPayment], known: Sequence[KnownPayment]) -> list[MonthCompared]:
    """Each month that the parent names a payment in, the oldest first."""
    months = sorted({first_of_month(payment.on) for payment in said})
    return [
        MonthCompared(
            month,
            tuple(payment for payment in said if first_of_month(payment.on) == month),
            tuple(payment for payment in known if first_of_month(payment.on) == month),
        )
        for month in months
    ]
