"""Sending money on: one or two business days after it is applied, and what becomes of it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from portal.demo.extract_books import CaseBook
from portal.demo.extract_people import Numbers, Person
from portal.rules.agency import Agency
from portal.rules.vocabulary import DisbursementStatus, Method, Payee

_SENT_AGAIN = frozenset(DisbursementStatus) - {
    DisbursementStatus.CASHED,
    DisbursementStatus.OUTSTANDING,
}


def business_days_after(day: date, count: int) -> date:
    """The date that many weekdays after another."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def business_day(day: date) -> date:
    """The date itself, or the Monday after a weekend."""
    return day + timedelta(days=max(7 - day.weekday(), 0) if day.weekday() >= 5 else 0)


class Disburser:
    """Writes a family's disbursements as of a date."""

    def __init__(
        self, payor: Person, agency: Agency, as_of: date, numbers: Numbers, random: Random
    ) -> None:
        self.rows: list[dict[str, Any]] = []
        self._payor, self._agency, self._as_of = payor, agency, as_of
        self._numbers, self._random = numbers, random
        self._sent: dict[str, list[tuple[CaseBook, dict[str, Any]]]] = defaultdict(list)
        self._fate: dict[str, int] = defaultdict(int)

    def send(
        self, payment_id: str, book: CaseBook, payee: Payee, amount: Decimal, day: date
    ) -> bool:
        """Send dollars on that were applied on a day; False where that lies after `as_of`."""
        days = self._random.randint(1, self._agency.distribution.disbursement_days)
        issued = business_days_after(day, days)
        if issued > self._as_of or not amount:
            return False
        method = _method(book, payee)
        row = self._row(payment_id, book, payee, amount, issued, method)
        self._settle(row, book)
        return True

    def reverse(self, payment_id: str, day: date) -> None:
        """A payment was reversed: stop what is not cashed; what is cashed was paid in error."""
        for book, row in self._sent[payment_id]:
            cashed = row["status"] is DisbursementStatus.CASHED and row["status_on"] <= day
            if row["payee"] is Payee.FAMILY and cashed:
                book.overpayment += row["amount"]
            elif row["issued_on"] > day:
                self.rows.remove(row)
            else:
                row.update(status=DisbursementStatus.STOPPED, status_on=day)

    def _row(
        self,
        payment_id: str,
        book: CaseBook,
        payee: Payee,
        amount: Decimal,
        issued: date,
        method: Method,
        replaces: str | None = None,
    ) -> dict[str, Any]:
        person = {
            Payee.FAMILY: book.plan.receiver(issued).participant_id,
            Payee.PAYOR: self._payor.participant_id,
        }
        row = {
            "disbursement_id": self._numbers.next("D"),
            "payment_id": payment_id,
            "case_id": book.case_id,
            "payee": payee,
            "payee_id": person.get(payee),
            "issued_on": issued,
            "amount": amount,
            "method": method,
            "status": DisbursementStatus.OUTSTANDING,
            "status_on": issued,
            "replaces": replaces,
        }
        self.rows.append(row)
        self._sent[payment_id].append((book, row))
        return row

    def _settle(self, row: dict[str, Any], book: CaseBook) -> None:
        """What became of a disbursement by `as_of`; one that failed is issued again."""
        status = self._next_fate(row, book)
        on = self._when(status, row["method"], row["issued_on"])
        if status is DisbursementStatus.OUTSTANDING or on > self._as_of:
            return
        row.update(status=status, status_on=on)
        again = business_days_after(on, 3)
        if status not in _SENT_AGAIN or again > self._as_of:
            return
        new = self._row(
            row["payment_id"],
            book,
            row["payee"],
            row["amount"],
            again,
            row["method"],
            row["disbursement_id"],
        )
        cashed = business_days_after(again, 4)
        if cashed <= self._as_of:
            new.update(status=DisbursementStatus.CASHED, status_on=cashed)

    def _next_fate(self, row: dict[str, Any], book: CaseBook) -> DisbursementStatus:
        fates = book.plan.fates
        if row["payee"] is not Payee.FAMILY or row["method"] is not Method.CHECK:
            return DisbursementStatus.CASHED
        if fates:
            self._fate[book.case_id] += 1
            return fates[(self._fate[book.case_id] - 1) % len(fates)]
        unlucky = self._random.random() < 0.01
        return DisbursementStatus.RETURNED if unlucky else DisbursementStatus.CASHED

    def _when(self, status: DisbursementStatus, method: Method, issued: date) -> date:
        if method is Method.INTERNAL:
            return issued
        if method is not Method.CHECK:
            return business_days_after(issued, 1)
        match status:
            case DisbursementStatus.STALE:
                return issued + timedelta(days=self._agency.payments.stale_check_days)
            case DisbursementStatus.CASHED:
                return business_days_after(issued, self._random.randint(2, 9))
            case _:
                return business_days_after(issued, 6)


def _method(book: CaseBook, payee: Payee) -> Method:
    match payee:
        case Payee.FAMILY:
            return book.plan.method
        case Payee.PAYOR:
            return Method.CHECK
        case Payee.OTHER_STATE:
            return Method.DIRECT_DEPOSIT
        case _:
            return Method.INTERNAL
