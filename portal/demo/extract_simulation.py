"""Five years of one family, month by month, by the rules of the portal itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from portal.demo.extract_books import CaseBook
from portal.demo.extract_disbursing import Disburser, business_day
from portal.demo.extract_incomes import Incomes
from portal.demo.extract_letters import Letters
from portal.demo.extract_names import COUNTIES, COURT, OFFICES, WORKERS
from portal.demo.extract_payments import Payment, Till
from portal.demo.extract_people import Numbers
from portal.demo.extract_plan import CasePlan, Family
from portal.demo.extract_remedies import Remedies
from portal.rules.agency import Agency
from portal.rules.calendar import end_of_month, first_of_month, months
from portal.rules.money import ZERO
from portal.rules.vocabulary import Role, Source

YEARS = 5

Row = tuple[str, dict[str, Any]]
Event = tuple[date, int, Callable[[], None]]


def first_day(as_of: date) -> date:
    """The first day of the record: the first of a month, five years before."""
    return first_of_month(as_of.replace(year=as_of.year - YEARS, day=1))


class Simulation:
    """One family's rows of an extract as of a date."""

    def __init__(
        self, family: Family, agency: Agency, as_of: date, numbers: Numbers, random: Random
    ) -> None:
        self._family, self._agency, self._as_of = family, agency, as_of
        self._numbers, self._random = numbers, random
        self._start = first_day(as_of)
        self._bounced: list[Payment] = []
        self._books = [self._book(plan) for plan in family.cases]
        self._disburser = Disburser(family.payor, agency, as_of, numbers, random)
        payor_id = family.payor.participant_id
        self._till = Till(self._books, agency, self._disburser, payor_id)
        has_wages = any(habit.source is Source.INCOME_WITHHOLDING for habit in family.habits)
        self._remedies = {
            book.case_id: Remedies(book, agency.enforcement, numbers, has_wages=has_wages)
            for book in self._books
        }
        self._letters = Letters(family, self._books, agency, numbers)
        self._incomes = Incomes(
            family, self._books, self._remedies, agency, numbers, random, self._start, as_of
        )

    def run(self) -> Iterator[Row]:
        """Simulate the years; yields (file, row), each file's rows case by case."""
        for book in self._books:
            book.open_books(self._start)
        for month in months(self._start, self._as_of):
            self._month(month)
        yield from self._rows()

    def _book(self, plan: CasePlan) -> CaseBook:
        orders = tuple((self._numbers.next("O"), order) for order in plan.orders)
        case_id = self._numbers.next_case()
        return CaseBook(plan, case_id, orders, self._agency, self._numbers.next)

    def _month(self, month: date) -> None:
        last = min(end_of_month(month), self._as_of)
        events = [event for book in self._books for event in self._charges(book, month)]
        self._till.apply_held(business_day(month))
        events += self._happenings(month, last)
        events.sort(key=lambda event: event[:2])
        for day, _, happen in events:
            if day <= last:
                happen()
        if last == end_of_month(month):
            self._end_month(last)

    def _charges(self, book: CaseBook, month: date) -> Iterator[Event]:
        for due in book.open_month(month):
            yield due[0], 0, partial(book.charge, *due)

    def _happenings(self, month: date, last: date) -> Iterator[Event]:
        for book in self._books:
            for entry in book.plan.entries:
                if month <= entry.day <= last:
                    yield entry.day, 1, partial(book.enter, entry)
        for payment in self._incomes.of_month(month):
            yield payment.received_on, 2, partial(self._receive, payment)
            if payment.reversed_on:
                self._bounced.append(payment)
        for payment in self._bounced:
            if payment.reversed_on and month <= payment.reversed_on <= last:
                yield payment.reversed_on, 3, partial(self._till.reverse, payment)
        for day, write in self._letters.of_month(month, last):
            yield day, 4, write

    def _receive(self, payment: Payment) -> None:
        if any(book.is_worked(payment.received_on) for book in self._books):
            self._incomes.fill_in(payment)
            if payment.amount:
                self._till.receive(payment)

    def _end_month(self, last: date) -> None:
        for book in self._books:
            if book.is_worked(last):
                book.end_month(last)
            self._remedies[book.case_id].look(last)

    def _rows(self) -> Iterator[Row]:
        for book in self._books:
            yield "cases.csv", self._case(book)
            for member in self._members(book):
                yield "members.csv", member
            for order in self._orders(book):
                yield "orders.csv", order
            for charge in book.charges:
                yield "charges.csv", charge
            for category, owed_to, amount in book.balances():
                yield (
                    "balances.csv",
                    {
                        "case_id": book.case_id,
                        "as_of": self._as_of,
                        "category": category,
                        "owed_to": owed_to,
                        "amount": amount,
                    },
                )
            for action in self._remedies[book.case_id].rows():
                yield "enforcement.csv", action
        yield from self._till.rows()
        for row in self._disburser.rows:
            yield "disbursements.csv", row
        for row in self._letters.rows:
            yield "notices.csv", row

    def _case(self, book: CaseBook) -> dict[str, Any]:
        plan = book.plan
        return {
            "case_id": book.case_id,
            "service": plan.service,
            "status": book.status(self._as_of),
            "opened_on": plan.opened_on,
            "closed_on": plan.closed_on,
            "office": self._random.choice(OFFICES),
            "caseworker_name": self._random.choice(WORKERS),
            "caseworker_phone": f"+1617555010{self._random.randrange(10)}",
            "public_assistance": plan.on_assistance(self._as_of),
            "owed_to_state": book.owes_state(),
            "overpayment_due": book.overpayment or ZERO,
            "interstate": plan.interstate,
            "other_jurisdiction": plan.other_jurisdiction,
        }

    def _members(self, book: CaseBook) -> Iterator[dict[str, Any]]:
        plan = book.plan
        until = plan.guardian_since - timedelta(days=1) if plan.guardian_since else None
        people = [
            (plan.custodial, Role.CUSTODIAL, plan.opened_on, until),
            (self._family.payor, Role.NONCUSTODIAL, plan.opened_on, None),
            *((child, Role.CHILD, plan.opened_on, None) for child in plan.children),
        ]
        if plan.guardian:
            people.append(
                (plan.guardian, Role.GUARDIAN, plan.guardian_since or plan.opened_on, None)
            )
        for person, role, since, ended in people:
            yield {
                "case_id": book.case_id,
                "participant_id": person.participant_id,
                "role": role,
                "since": since,
                "until": ended,
            }

    def _orders(self, book: CaseBook) -> Iterator[dict[str, Any]]:
        sign, county = self._random.choice(COUNTIES)
        docket = f"{sign}{book.plan.opened_on:%y}W{self._random.randrange(100, 9999):04d}"
        elsewhere = book.plan.issuing_state not in ("", self._agency.fips)
        for order_id, order in book.orders:
            yield {
                "order_id": order_id,
                "case_id": book.case_id,
                "kind": order.kind,
                "amount": order.amount,
                "frequency": order.frequency,
                "effective_on": order.effective_on,
                "ended_on": order.ended_on,
                "court": "Family Court" if elsewhere else COURT.format(county=county),
                "docket": docket,
                "issuing_state": book.plan.issuing_state or self._agency.fips,
            }
