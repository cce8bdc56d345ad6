"""What the special families are made with: dates, people and cases on short notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.extract_people import People, Person, Persona
from portal.demo.extract_plan import CasePlan, Family, Habit, OrderPlan, Single
from portal.demo.extract_simulation import first_day
from portal.rules.agency import Agency
from portal.rules.calendar import first_of_month
from portal.rules.vocabulary import (
    Frequency,
    Source,
)

D = Decimal


@dataclass(frozen=True, slots=True)
class Special:
    """A family that shows something, and the people of it one can be."""

    family: Family
    personas: tuple[Persona, ...]
    also: tuple[Family, ...] = ()
    others: tuple[Person, ...] = ()


class Maker:
    """Dates and people for the special families."""

    def __init__(self, people: People, as_of: date, agency: Agency) -> None:
        self.people, self.as_of, self.agency = people, as_of, agency
        self.start = first_day(as_of)

    def ago(self, days: int) -> date:
        """The date that many days before `as_of`."""
        return self.as_of - timedelta(days=days)

    def month(self, count: int) -> date:
        """The first of the month that many months before `as_of`'s."""
        day = first_of_month(self.as_of)
        for _ in range(count):
            day = first_of_month(day - timedelta(days=1))
        return day

    def payor(self, **known: Any) -> Person:
        """A payor with an employer."""
        return self.people.adult(**({"employer": self.people.employer()} | known))

    def weekly(self, amount: str, since: date, until: date | None = None) -> OrderPlan:
        """A weekly current-support order."""
        return OrderPlan(D(amount), Frequency.WEEKLY, since, until)

    def wages(self, since: date, **more: Any) -> Habit:
        """Weekly income withholding."""
        return Habit(Source.INCOME_WITHHOLDING, Frequency.WEEKLY, since, **more)

    def case(self, custodial: Person, *orders: OrderPlan, **more: Any) -> CasePlan:
        """A case opened with its first order, with one child unless said."""
        known: dict[str, Any] = {
            "opened_on": min(order.effective_on for order in orders),
            "children": (self.people.child(custodial.last_name),),
        }
        return CasePlan(custodial, orders, **(known | more))

    def story(
        self,
        payor: Person,
        case: CasePlan,
        habit: Habit,
        *personas: Persona,
        singles: tuple[Single, ...] = (),
        delinquency_on: tuple[date, ...] = (),
        also: tuple[Family, ...] = (),
        others: tuple[Person, ...] = (),
    ) -> Special:
        """A family of one household and one way of paying."""
        family = Family(payor, (case,), (habit,), singles, delinquency_on)
        return Special(family, personas, also, others)


def be(person: Person, key: str, why: str, *roles: str, registered: bool = False) -> Persona:
    """The person as someone to be; `roles` are words of the members file, if any."""
    assert person.birth_date
    return Persona(
        key,
        person.name,
        roles,
        why,
        person.participant_id,
        person.ssn,
        person.pin,
        person.birth_date,
        registered,
    )
