"""What is decided about a family before its years are simulated: orders, pay, habits, events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from portal.demo.extract_people import Person
from portal.rules.vocabulary import (
    CaseStatus,
    Category,
    ChargeKind,
    ChargeReason,
    DisbursementStatus,
    EnforcementKind,
    EnforcementStatus,
    Frequency,
    Interstate,
    Method,
    NoticeKind,
    OrderKind,
    Service,
    Source,
)


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """An order; an amount in dollars, in force through `ended_on`."""

    amount: Decimal
    frequency: Frequency
    effective_on: date
    ended_on: date | None = None
    kind: OrderKind = OrderKind.CURRENT_SUPPORT


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger row of its own: a fee, or an adjustment (below zero: never more than is owed)."""

    day: date
    category: Category
    amount: Decimal
    kind: ChargeKind = ChargeKind.ADJUSTMENT
    reason: ChargeReason | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A remedy with its span."""

    kind: EnforcementKind
    started_on: date
    status: EnforcementStatus = EnforcementStatus.ACTIVE
    ended_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter about one case. Notices of delinquency are the family's `delinquency_on`."""

    day: date
    kind: NoticeKind
    to: Person
    subject: str
    text: str
    respond_by: date | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CasePlan:
    """One household."""

    custodial: Person
    orders: tuple[OrderPlan, ...]
    opened_on: date
    children: tuple[Person, ...] = ()
    service: Service = Service.FULL
    status: CaseStatus = CaseStatus.OPEN
    closed_on: date | None = None
    guardian: Person | None = None
    guardian_since: date | None = None
    method: Method = Method.DIRECT_DEPOSIT
    fates: tuple[DisbursementStatus, ...] = ()
    assistance: tuple[date, date | None] | None = None
    opening: Mapping[Category, Decimal] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    actions: tuple[Action, ...] = ()
    automatic_remedies: bool = True
    letters: tuple[Letter, ...] = ()
    interstate: Interstate = Interstate.NONE
    other_jurisdiction: str = ""
    issuing_state: str = ""
    recover: Decimal = Decimal("25.00")

    def on_assistance(self, day: date) -> bool:
        """Whether the family receives public assistance on a date."""
        if not self.assistance:
            return False
        since, until = self.assistance
        return since <= day <= (until or date.max)

    def receiver(self, day: date) -> Person:
        """Who is paid on a date: the custodial parent or, from then on, the guardian."""
        if self.guardian and self.guardian_since and day >= self.guardian_since:
            return self.guardian
        return self.custodial


@dataclass(frozen=True, slots=True)
class Habit:
    """A stream of payments: each payday a `share` of what the orders come to until the next.

    `miss` is how often, of 100, nothing comes, `late` how often it arrives days late.
    """

    source: Source
    every: Frequency
    since: date
    until: date | None = None
    share: Decimal = Decimal(1)
    miss: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Single:
    """One payment on its own, in dollars; `held` is not applied yet."""

    day: date
    source: Source
    amount: Decimal
    reversed_on: date | None = None
    held: bool = False
    payer_name: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A payor with all households they pay for: what is simulated together.

    A notice of delinquency is one letter over all cases on which something is past due that day.
    """

    payor: Person
    cases: tuple[CasePlan, ...]
    habits: tuple[Habit, ...] = ()
    singles: tuple[Single, ...] = ()
    delinquency_on: tuple[date, ...] = ()
