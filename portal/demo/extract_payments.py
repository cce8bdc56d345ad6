"""Payments of one family: made, applied by the rules, held, reversed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from portal.demo.extract_books import CaseBook
from portal.demo.extract_disbursing import Disburser
from portal.rules.agency import Agency
from portal.rules.assignment import Split
from portal.rules.distribution import Share, Step, distribute
from portal.rules.money import ZERO, share_in_proportion
from portal.rules.vocabulary import AllocationCategory, Category, Interstate, Payee, Source


@dataclass(slots=True)
class Payment:
    """One payment, and what has been done with it so far; dollars."""

    payment_id: str
    received_on: date
    amount: Decimal
    source: Source
    withheld_on: date | None = None
    payer_name: str = ""
    reference: str = ""
    reversed_on: date | None = None
    frozen: bool = False
    allocations: dict[tuple[str, AllocationCategory], Decimal] = field(default_factory=dict)
    applied: list[tuple[CaseBook, Step, Split]] = field(default_factory=list)

    def allocate(self, case_id: str, category: AllocationCategory, amount: Decimal) -> None:
        """Add to an allocation; one that comes to nothing goes."""
        key = case_id, category
        self.allocations[key] = self.allocations.get(key, ZERO) + amount
        if not self.allocations[key]:
            del self.allocations[key]


class Till:
    """Takes in a family's payments and hands the parts to the books and to the disburser."""

    def __init__(
        self, books: Sequence[CaseBook], agency: Agency, disburser: Disburser, payor_id: str
    ) -> None:
        self.payments: list[Payment] = []
        self._holding: list[Payment] = []
        self._books = {book.case_id: book for book in books}
        self._rules = agency.distribution
        self._disburser = disburser
        self._payor_id = payor_id

    def receive(self, payment: Payment) -> None:
        """Apply a payment on the day it is received."""
        self.payments.append(payment)
        day = payment.received_on
        books = [book for book in self._books.values() if book.is_worked(day)]
        if payment.frozen:
            weights = {book.case_id: max(book.arrears, ZERO) for book in books}
            for case_id, part in share_in_proportion(payment.amount, weights).items():
                payment.allocate(case_id, AllocationCategory.HELD, part)
            return
        weights = {book.case_id: book.due[Category.CURRENT_SUPPORT] for book in books}
        dues = [due for book in books for due in book.dues()]
        going_on = any(book.owes_support_after(day) for book in books)
        rules = (
            self._rules if going_on else replace(self._rules, left_over=AllocationCategory.REFUND)
        )
        shares = distribute(payment.amount, payment.source, dues, rules, weights)
        self._pass_on(payment, shares, day)

    def apply_held(self, day: date) -> None:
        """Apply what was held to the month that begins; with no order left, refund it."""
        holding, self._holding = self._holding, []
        for payment in holding:
            for (case_id, category), amount in list(payment.allocations.items()):
                if category is AllocationCategory.HELD:
                    self._release(payment, self._books[case_id], amount, day)

    def _release(self, payment: Payment, book: CaseBook, amount: Decimal, day: date) -> None:
        shares = distribute(
            amount, payment.source, book.dues(), self._rules, {book.case_id: Decimal(1)}
        )
        payment.allocate(book.case_id, AllocationCategory.HELD, -amount)
        if not any(other.owes_support_after(day) for other in self._books.values()):
            shares = tuple(
                share if share.step else replace(share, category=AllocationCategory.REFUND)
                for share in shares
            )
        self._pass_on(payment, shares, day)

    def reverse(self, payment: Payment) -> None:
        """Undo a payment: it is owed again, and what was sent on is stopped where it can be."""
        day = payment.reversed_on
        assert day
        same_month = (day.year, day.month) == (
            payment.received_on.year,
            payment.received_on.month,
        )
        for book, step, split in payment.applied:
            book.take_back(step, split, same_month=same_month)
        self._disburser.reverse(payment.payment_id, day)

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The rows of payments.csv and allocations.csv."""
        for payment in self.payments:
            yield (
                "payments.csv",
                {
                    "payment_id": payment.payment_id,
                    "payor_id": self._payor_id,
                    "withheld_on": payment.withheld_on,
                    "received_on": payment.received_on,
                    "amount": payment.amount,
                    "source": payment.source,
                    "payer_name": payment.payer_name,
                    "reference": payment.reference,
                    "reversed_on": payment.reversed_on,
                },
            )
            for (case_id, category), amount in payment.allocations.items():
                yield (
                    "allocations.csv",
                    {
                        "payment_id": payment.payment_id,
                        "case_id": case_id,
                        "category": category,
                        "amount": amount,
                    },
                )

    def _pass_on(self, payment: Payment, shares: Sequence[Share], day: date) -> None:
        sums: dict[tuple[str, Payee], Decimal] = defaultdict(Decimal)
        for share in shares:
            payment.allocate(share.case_id, share.category, share.amount)
            book = self._books[share.case_id]
            if share.step:
                split = book.apply(share.step, share.amount)
                payment.applied.append((book, share.step, split))
                sums[share.case_id, _family_payee(book)] += split.family
                sums[share.case_id, Payee.STATE] += split.state
            elif share.category is AllocationCategory.REFUND:
                sums[share.case_id, Payee.PAYOR] += share.amount
        if not payment.reversed_on and any(
            category is AllocationCategory.HELD for _, category in payment.allocations
        ):
            self._holding.append(payment)
        for (case_id, payee), amount in sums.items():
            self._send(payment, self._books[case_id], payee, amount, day)

    def _send(
        self, payment: Payment, book: CaseBook, payee: Payee, amount: Decimal, day: date
    ) -> None:
        kept = ZERO
        if payee is Payee.FAMILY and book.overpayment:
            kept = min(book.plan.recover, book.overpayment, amount)
            if not self._disburser.send(payment.payment_id, book, Payee.AGENCY, kept, day):
                return
            book.overpayment -= kept
        self._disburser.send(payment.payment_id, book, payee, amount - kept, day)


def _family_payee(book: CaseBook) -> Payee:
    """Where another state asked for the collection, its agency pays the family."""
    responding = book.plan.interstate is Interstate.RESPONDING
    return Payee.OTHER_STATE if responding else Payee.FAMILY
