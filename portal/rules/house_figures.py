"""Figures that no law sets: parts of an agency's profile that have a default.

Days are calendar days unless weekdays are said, money is dollars, percentages are of 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Requests:
    """By when the agency sees to what parents send in, in days, where no law says it."""

    address_days: int = 10
    more_information_days: int = 14
    """How long a parent has to send what a caseworker asks for."""
    closing_response_days: int = 10
    """For an answer to a closing notice."""
    question_days: int = 10
    """For an answer in writing to a question."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The agency's own people: how they sign in, what parents see of them, what is usual."""

    passkeys_only: bool = False
    """Whether they sign in with passkeys alone: no authenticator app, no recovery code."""
    names_shown: bool = False
    """Whether parents see the name of the worker who opened their record, not only the role."""
    people_a_day: int = 40
    """How many parents' records one worker opens in a day before the auditor is shown it."""
    opens_at: int = 7
    """The agency-local hour at which work begins."""
    closes_at: int = 19
    """The agency-local hour from which opening a record is unusual."""
    workdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    """Weekdays, counted from Monday as 0."""
    due_soon_days: int = 3
    """Days before the last day to answer from which the supervisors hear of a request."""

    def __post_init__(self) -> None:
        if not 0 <= self.opens_at < self.closes_at <= 24:
            raise ValueError("closes_at: must be an hour after opens_at, 24 at most")
        if self.people_a_day < 1:
            raise ValueError("people_a_day: must be 1 or more")
        if any(not 0 <= day <= 6 for day in self.workdays):
            raise ValueError("workdays: must be 0 (Monday) to 6 (Sunday)")
        if self.due_soon_days < 0:
            raise ValueError("due_soon_days: must be 0 or more")


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements that parents show to others."""

    valid_days: int = 90
    """How long one can be checked."""

    def __post_init__(self) -> None:
        if self.valid_days < 1:
            raise ValueError("valid_days: must be 1 or more")


@dataclass(frozen=True, slots=True)
class Patterns:
    """What is read off a list of payments: how often they come, when the next is expected and when
    it is late (`portal.rules.pattern`), and why one is smaller (`portal.rules.reasons`)."""

    fewest_payments: int = 4
    """Payments from which on there can be a pattern."""
    looks_back_payments: int = 9
    """The newest payments that a pattern is read off."""
    usual_of_payments: int = 6
    """The newest payments that the usual amount is read off."""
    late_after_weekdays: int = 2
    """Weekdays after which an expected payment is late: some weeks have a holiday."""
    over_after_days: int = 60
    """Days after an expected payment from which on the pattern has ended: no guess any more."""
    smaller_from: Decimal = Decimal("1.00")
    """A payment that is smaller by less is not called smaller: shares are rounded."""
    order_takes_days: int = 45
    """Days within which a changed order reaches what an employer takes from the pay."""
    slack_percent: Decimal = Decimal(30)
    """How much more than its own figure a reason may explain: a month may have a fifth billing
    day, and pay may carry a quarter more while arrears last. What is still more is a reason of its
    own."""

    def __post_init__(self) -> None:
        if self.fewest_payments < 3:
            raise ValueError("fewest_payments: must be 3 or more")
        if self.looks_back_payments < self.fewest_payments:
            raise ValueError("looks_back_payments: must be fewest_payments or more")
        if self.usual_of_payments < 2:
            raise ValueError("usual_of_payments: must be 2 or more")
        if self.smaller_from <= 0:
            raise ValueError("smaller_from: must be more than 0")
        for key in ("late_after_weekdays", "over_after_days", "order_takes_days", "slack_percent"):
            if getattr(self, key) < 0:
                raise ValueError(f"{key}: must be 0 or more")


@dataclass(frozen=True, slots=True)
class Comparing:
    """What is taken to be about the same payment, and how far back a request is looked at."""

    claim_days: int = 10
    """Days that a claimed payment and the record's may lie apart: pay day, mail and posting."""
    reversal_days: int = 31
    """Days that a payment's reversal and an entry may lie apart that takes it back again."""
    months_without_claim: int = 6
    """Months set before a worker where a request names no payment and no month."""

    def __post_init__(self) -> None:
        for key in ("claim_days", "reversal_days"):
            if getattr(self, key) < 0:
                raise ValueError(f"{key}: must be 0 or more")
        if self.months_without_claim < 1:
            raise ValueError("months_without_claim: must be 1 or more")


@dataclass(frozen=True, slots=True)
class OwnRecords:
    """How far a day of a parent's own log may lie from the agency's day of the same payment
    (`portal.rules.own_records`), in days: less than a week in all, for most pay or are paid weekly.
    """

    made_before_days: int = 6
    """Before the agency received it: from pay day, or from the day of mailing, on."""
    made_after_days: int = 2
    received_before_days: int = 1
    received_after_days: int = 6
    """After the agency sent it: until the bank had it, or the check came."""

    def __post_init__(self) -> None:
        for key in ("made_before_days", "made_after_days",
                    "received_before_days", "received_after_days"):  # fmt: skip
            if not 0 <= getattr(self, key) <= 31:
                raise ValueError(f"{key}: must be from 0 to 31")
