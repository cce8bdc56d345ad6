"""Where a family's payments come from: paydays, payments on their own, tax refunds taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from portal.demo.extract_books import CaseBook
from portal.demo.extract_disbursing import business_day
from portal.demo.extract_payments import Payment
from portal.demo.extract_people import Numbers
from portal.demo.extract_plan import Family, Habit, OrderPlan
from portal.demo.extract_remedies import PER_YEAR, Remedies
from portal.rules.agency import Agency
from portal.rules.calendar import Terms, due_dates, due_in_month, end_of_month, first_of_month
from portal.rules.money import ZERO, from_cents, percent_of, round_cent
from portal.rules.vocabulary import EnforcementKind, Frequency, OrderKind, Source

PAYERS = {
    Source.FEDERAL_TAX_OFFSET: "US Treasury",
    Source.STATE_TAX_OFFSET: "State tax refunds",
    Source.BANK_LEVY: "Harbor Savings Bank",
    Source.LIEN: "Registry of Deeds closing",
    Source.UNEMPLOYMENT: "Unemployment Assistance",
    Source.WORKERS_COMPENSATION: "Bay Mutual Workers Comp",
    Source.INSURANCE_SETTLEMENT: "Old Colony Insurance",
    Source.LOTTERY_OR_GAMING: "State Lottery",
    Source.LICENSE_REINSTATEMENT: "Registry of Motor Vehicles",
    Source.OTHER_STATE: "Child support agency of another state",
}


class Incomes:
    """A family's payments to come, month by month."""

    def __init__(
        self,
        family: Family,
        books: Sequence[CaseBook],
        remedies: Mapping[str, Remedies],
        agency: Agency,
        numbers: Numbers,
        random: Random,
        start: date,
        as_of: date,
    ) -> None:
        self._family, self._books, self._remedies = family, books, remedies
        self._agency, self._numbers, self._random = agency, numbers, random
        self._start, self._as_of = start, as_of

    def of_month(self, month: date) -> Iterator[Payment]:
        """The payments received in a month, by day. Those without an amount are filled in later."""
        found = [
            payment for habit in self._family.habits for payment in self._paydays(habit, month)
        ]
        found += self._singles(month)
        found += self._tax_refunds(month)
        yield from sorted(found, key=lambda payment: payment.received_on)

    def fill_in(self, payment: Payment) -> None:
        """What is known on the day only: the number, and what can be taken at most."""
        payment.payment_id = self._numbers.next("R")
        payment.reference = f"{payment.source.value[:3].upper()}{self._random.randrange(10**7):07d}"
        if payment.source is Source.FEDERAL_TAX_OFFSET and not payment.frozen:
            owed = sum((max(book.arrears, ZERO) for book in self._books), ZERO)
            payment.amount = min(payment.amount, owed)

    def _paydays(self, habit: Habit, month: date) -> Iterator[Payment]:
        since = max(habit.since, self._start)
        terms = Terms(Decimal(1), habit.every, since, habit.until)
        for payday in due_dates(terms, month, end_of_month(month), self._agency.billing):
            missed, delay = self._random.random() * 100, self._random.random() * 100
            days = 3 if delay < habit.late else 0
            received = business_day(payday + timedelta(days=days))
            amount = round_cent(self._expected(habit, payday) * habit.share)
            if first_of_month(received) != month:
                received = payday
            if missed < habit.miss or not amount or received > self._as_of:
                continue
            withheld = habit.source is Source.INCOME_WITHHOLDING
            yield Payment(
                "",
                received,
                amount,
                habit.source,
                withheld_on=_two_days_before(payday) if withheld else None,
                payer_name=self._payer(habit.source),
            )

    def _singles(self, month: date) -> Iterator[Payment]:
        for single in self._family.singles:
            received = business_day(single.day)
            if first_of_month(received) == month and received <= self._as_of:
                reversed_on = single.reversed_on
                if reversed_on:  # as many days later, wherever a weekend moved the receipt
                    reversed_on += received - single.day
                yield Payment(
                    "",
                    received,
                    single.amount,
                    single.source,
                    payer_name=single.payer_name or self._payer(single.source),
                    reversed_on=reversed_on if reversed_on and reversed_on <= self._as_of else None,
                    frozen=single.held,
                )

    def _tax_refunds(self, month: date) -> Iterator[Payment]:
        if month.month != 3 or not any(
            self._remedies[book.case_id].has(EnforcementKind.TAX_OFFSET, month)
            for book in self._books
            if book.plan.automatic_remedies
        ):
            return
        for source, chance, most in (
            (Source.FEDERAL_TAX_OFFSET, 0.5, 240_000),
            (Source.STATE_TAX_OFFSET, 0.3, 60_000),
        ):
            happens, cents = self._random.random() < chance, self._random.randrange(5_000, most)
            received = business_day(month + timedelta(days=self._random.randrange(4, 26)))
            if happens and received <= self._as_of:
                yield Payment("", received, from_cents(cents), source, payer_name=PAYERS[source])

    def _payer(self, source: Source) -> str:
        employer = self._family.payor.employer
        if source is Source.INCOME_WITHHOLDING:
            return employer.name if employer else "Employer"
        return PAYERS.get(source, "")

    def _expected(self, habit: Habit, payday: date) -> Decimal:
        """What one payday comes to; who pays month by month pays that month's amount."""
        by_month = (
            habit.every is Frequency.MONTHLY and habit.source is not Source.INCOME_WITHHOLDING
        )
        total = ZERO
        for book in self._books:
            if not book.is_worked(payday):
                continue
            part = ZERO
            for _, order in book.orders:
                if order.effective_on <= payday <= (order.ended_on or date.max):
                    part += self._part(order, habit.every, payday, by_month=by_month)
            remedy = self._remedies[book.case_id]
            withheld = habit.source is Source.INCOME_WITHHOLDING
            if withheld and remedy.has(EnforcementKind.WITHHOLDING_INCREASE, payday):
                part += percent_of(part, self._agency.enforcement.withholding_increase_percent)
            total += part
        return total

    def _part(self, order: OrderPlan, every: Frequency, payday: date, *, by_month: bool) -> Decimal:
        if by_month and order.kind is not OrderKind.ARREARS:
            return due_in_month(order, payday, self._agency.billing).total
        return order.amount * PER_YEAR[order.frequency] / PER_YEAR[every]


def _two_days_before(payday: date) -> date:
    day = payday - timedelta(days=2)
    return day - timedelta(days=max(day.weekday() - 4, 0))
