"""Families drawn by lot: most pay most of the time, some fall behind, some never were behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from portal.demo.extract_people import People, Person
from portal.demo.extract_plan import CasePlan, Family, Habit, Letter, OrderPlan
from portal.demo.extract_simulation import first_day
from portal.rules.money import from_cents
from portal.rules.vocabulary import (
    CaseStatus,
    Category,
    Frequency,
    Method,
    NoticeKind,
    OrderKind,
    Service,
    Source,
)

_SUBJECT = "Your child support case is open"
_TEXT = "We have opened your child support case. All payments now go through us."
_METHODS = (Method.DIRECT_DEPOSIT, Method.DEBIT_CARD, Method.CHECK)
_OWN_PAY = (Source.PAID_ONLINE, Source.CHECK_OR_MONEY_ORDER, Source.CASH, Source.UNEMPLOYMENT)


def random_family(people: People, random: Random, as_of: date) -> Family:
    """A family by lot; the same random source gives the same family."""
    payor = people.adult(employer=people.employer())
    start = first_day(as_of)
    households = 2 if random.random() < 0.08 else 1
    cases = tuple(_case(payor, people, random, start, as_of) for _ in range(households))
    since = min(case.opened_on for case in cases)
    habits = tuple(_habits(random, since, as_of))
    letters = tuple(
        date(year, 3, 15)
        for year in range(start.year + 1, as_of.year + 1)
        if date(year, 3, 15) <= as_of - timedelta(days=60)
    )
    return Family(payor, cases, habits, delinquency_on=letters)


def _case(payor: Person, people: People, random: Random, start: date, as_of: date) -> CasePlan:
    custodial = people.adult(family_violence=random.random() < 0.1)
    opened = start + timedelta(days=random.randrange(-900, (as_of - start).days - 60))
    lot = random.random()
    service = Service.INCOME_WITHHOLDING_ONLY if lot < 0.07 else Service.FULL
    closed = opened + timedelta(days=900) if 0.07 < lot < 0.13 else None
    if closed and not start + timedelta(days=90) < closed < as_of - timedelta(days=30):
        closed = None
    before = service is Service.FULL and opened < start and random.random() < 0.6
    opening = {Category.ARREARS: from_cents(random.randrange(5_000, 400_000))} if before else {}
    assisted = not closed and random.random() < 0.12
    return CasePlan(
        custodial,
        tuple(_orders(random, opened, closed)),
        opened,
        children=tuple(
            people.child(custodial.last_name) for _ in range(random.choice((1, 1, 1, 2, 2, 3)))
        ),
        service=service,
        status=CaseStatus.CLOSED if closed else CaseStatus.OPEN,
        closed_on=closed,
        method=random.choices(_METHODS, (60, 30, 10))[0],
        assistance=_assistance(random, opened) if assisted else None,
        opening=opening,
        letters=tuple(
            Letter(opened, NoticeKind.GENERAL, person, _SUBJECT, _TEXT)
            for person in (payor, custodial)
            if opened >= start
        ),
    )


def _assistance(random: Random, opened: date) -> tuple[date, date | None]:
    since = (opened + timedelta(days=31 * random.randrange(4))).replace(day=1)
    months = random.randrange(6, 48)
    until = (since + timedelta(days=31 * months)).replace(day=1) - timedelta(days=1)
    return since, until


def _orders(random: Random, opened: date, closed: date | None) -> Iterator[OrderPlan]:
    frequency = random.choices(tuple(Frequency), (70, 8, 4, 18))[0]
    amount = Decimal(random.randrange(25, 320)) * (4 if frequency is Frequency.MONTHLY else 1)
    yield OrderPlan(amount.quantize(Decimal("0.01")), frequency, opened, closed)
    if random.random() < 0.06:
        medical = Decimal(random.randrange(8, 40)).quantize(Decimal("0.01"))
        yield OrderPlan(medical, frequency, opened, closed, OrderKind.MEDICAL)


def _habits(random: Random, since: date, as_of: date) -> Iterator[Habit]:
    """Withheld pay for most; now and then a job lost for some months, or paying oneself."""
    lot = random.random()
    every = random.choices((Frequency.WEEKLY, Frequency.BIWEEKLY), (75, 25))[0]
    miss, late = random.choice((0, 0, 1, 3, 8, 25)), random.choice((0, 0, 5, 20))
    share = Decimal(random.choice(("1", "1", "1", "1", "0.9", "0.75")))
    if lot < 0.2:
        source = random.choice(_OWN_PAY)
        yield Habit(source, Frequency.MONTHLY, since, None, share, miss, late)
        return
    days = max((as_of - since).days, 200)
    if lot < 0.45:
        lost = since + timedelta(days=random.randrange(days))
        found = lost + timedelta(days=random.randrange(30, 300))
        yield Habit(Source.INCOME_WITHHOLDING, every, since, lost, share, miss, late)
        if random.random() < 0.5:
            third = Decimal("0.35")
            yield Habit(Source.UNEMPLOYMENT, Frequency.WEEKLY, lost, found, third, miss)
        yield Habit(Source.INCOME_WITHHOLDING, every, found, None, share, miss, late)
        return
    yield Habit(Source.INCOME_WITHHOLDING, every, since, None, share, miss, late)
