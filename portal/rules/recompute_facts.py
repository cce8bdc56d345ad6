"""What an independent recomputation reads of a case, and what it says where the record differs.

Everything here comes from the record's own rows: a state is never derived from a figure that was
worked out before, so that one error is named once and not again in every later month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.rules.vocabulary import (
    AllocationCategory,
    Category,
    ChargeKind,
    ChargeReason,
    Frequency,
    Interstate,
    OrderKind,
    Service,
    Source,
)


class DifferenceKind(StrEnum):
    """In what the record differs from the rules."""

    ORDER_CHANGE_NOT_CHARGED = "order_change_not_charged"
    NOT_CHARGED = "not_charged"
    WRONG_AMOUNT = "wrong_amount"
    CHARGED_AFTER_END = "charged_after_end"
    CHARGED_BEFORE_START = "charged_before_start"
    CHARGED_TWICE = "charged_twice"
    ON_WITHHOLDING_ONLY = "on_withholding_only"
    ON_ORDER_OF_ANOTHER_STATE = "on_order_of_another_state"
    OUTSIDE_SERVICE = "outside_service"
    COMPOUNDED = "compounded"
    MINIMUM_WAS_PAID = "minimum_was_paid"
    UNDER_THRESHOLD = "under_threshold"
    WRONG_RATE = "wrong_rate"
    WRONG_BASE = "wrong_base"
    FEE_TOO_MUCH = "fee_too_much"
    CREDIT_WRONG_SIGN = "credit_wrong_sign"
    HELD_TOO_LONG = "held_too_long"
    REVERSED_TWICE = "reversed_twice"
    FEDERAL_REFUND_NOT_ON_PAST_DUE = "federal_refund_not_on_past_due"
    WRONG_ORDER_OF_APPLICATION = "wrong_order_of_application"
    WRONG_CASE = "wrong_case"
    NOT_IN_PROPORTION = "not_in_proportion"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the record differs from an estimate by the rules; sums in dollars."""

    kind: DifferenceKind
    month: date
    """The first day of the month of the rows in question."""
    category: Category
    record: Decimal
    """What those rows come to."""
    expected: Decimal
    """What they would come to by the rules."""
    charge_id: str | None = None
    """The first charge in question, if there is a row of one."""
    payment_id: str | None = None
    across_cases: bool = False
    """Whether it takes the payor's other cases to see it: for the payor alone."""
    charge_ids: tuple[str, ...] = ()
    """All charges in question."""

    @property
    def too_much(self) -> Decimal:
        """By how much the record is above the estimate; below zero, less."""
        return self.record - self.expected

    def concerns(self, *, charge_id: str | None = None, payment_id: str | None = None) -> bool:
        """Whether it is about that charge or payment."""
        if charge_id is not None:
            return charge_id in self.charge_ids
        return payment_id is not None and payment_id == self.payment_id


@dataclass(frozen=True, slots=True)
class OrderFact:
    """An order's terms and where it was issued. `ended_on` is its last day."""

    kind: OrderKind
    amount: Decimal
    frequency: Frequency
    effective_on: date
    ended_on: date | None = None
    issuing_state: str | None = None


@dataclass(frozen=True, slots=True)
class ChargeFact:
    """A row of the ledger other than a payment."""

    charge_id: str
    due_on: date
    kind: ChargeKind
    category: Category
    amount: Decimal
    reason: ChargeReason | None = None


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """A payment with its parts on one case; `amount` is the whole of it."""

    payment_id: str
    received_on: date
    amount: Decimal
    source: Source
    reversed_on: date | None
    parts: Mapping[AllocationCategory, Decimal]
    payor_id: str = ""

    def counts_on(self, day: date) -> bool:
        """Whether it lowers what is owed at the end of a day."""
        return self.received_on <= day and (self.reversed_on is None or self.reversed_on > day)


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One case's rows, up to `as_of`."""

    case_id: str
    service: Service
    opened_on: date
    closed_on: date | None
    interstate: Interstate
    as_of: date
    orders: tuple[OrderFact, ...]
    charges: tuple[ChargeFact, ...]
    payments: tuple[PaymentFact, ...]

    def is_worked(self, day: date) -> bool:
        """Whether the agency works the case on a day."""
        return self.opened_on <= day <= (self.closed_on or date.max)
