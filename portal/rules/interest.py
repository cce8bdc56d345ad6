"""Interest and penalty on past-due support, worked out on the last day of a month.

G.L. c.119A s.6(a); 830 CMR 119A.6.1: charged per case where more than the threshold is past due on
that day and the month's minimum payment was not made; on support only, so never compounded; never
on income-withholding-only cases nor on orders of another state's court. (Until June 2003 the
Massachusetts agency worked out monthly but assessed yearly; that is not modelled.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.rules.agency import ChargeRate, Interest
from portal.rules.money import ZERO, percent_of
from portal.rules.vocabulary import Service


class NotCharged(StrEnum):
    """Why a month brought neither interest nor penalty."""

    WITHHOLDING_ONLY = "withholding_only"
    ORDER_OF_ANOTHER_STATE = "order_of_another_state"
    NOT_OVER_THRESHOLD = "not_over_threshold"
    MINIMUM_PAID = "minimum_paid"


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """One case on the last day of a month; sums in dollars.

    `past_due` is all unpaid support that day, that month's included, without interest, penalty or
    fees. `minimum` is the month's required payment (see `minimum_payment`), `paid` the support
    payments received in the month.
    """

    day: date
    past_due: Decimal
    minimum: Decimal
    paid: Decimal
    service: Service = Service.FULL
    issued_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a month end brings. `reason` is None where it was charged."""

    interest: Decimal
    penalty: Decimal
    reason: NotCharged | None


def minimum_payment(
    current_due: Decimal, last_obligation: Decimal, set_by_court: Decimal = ZERO
) -> Decimal:
    """The month's required payment, in dollars.

    With a current order the whole current support due for the month; without one, the whole of the
    last monthly obligation (830 CMR 119A.6.1(2), "Most Recent Monthly Obligation"). `set_by_court`
    is what an order to pay off arrears comes to in the month, where the agency's profile lets it
    take the place of the last obligation.
    """
    return current_due or set_by_court or last_obligation


def assess(month: MonthEnd, rules: Interest) -> Assessment:
    """Interest and penalty of a month end, each rounded half up to the cent."""
    reason = _not_charged(month, rules)
    if reason:
        return Assessment(ZERO, ZERO, reason)
    return Assessment(
        percent_of(month.past_due, rules.percent(ChargeRate.INTEREST, month.day)),
        percent_of(month.past_due, rules.percent(ChargeRate.PENALTY, month.day)),
        None,
    )


def _not_charged(month: MonthEnd, rules: Interest) -> NotCharged | None:
    if month.service is Service.INCOME_WITHHOLDING_ONLY:
        return NotCharged.WITHHOLDING_ONLY
    if month.issued_elsewhere:
        return NotCharged.ORDER_OF_ANOTHER_STATE
    if month.past_due <= rules.threshold:
        return NotCharged.NOT_OVER_THRESHOLD
    if month.paid >= month.minimum:
        return NotCharged.MINIMUM_PAID
    return None
