"""Money that was received and that its viewer does not see sent on, and whether that is late.

It is made of what `payments_shown` gives the viewer and of nothing else: a payee counts what went
to them and what they are told of the rest, a payor the one day on which money was first sent on.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment, PaymentStatus
from portal.rules.money import ZERO
from portal.rules.pattern import weekdays_between
from portal.rules.vocabulary import AllocationCategory

_KEPT = (AllocationCategory.HELD, AllocationCategory.FEE, AllocationCategory.REFUND)


@dataclass(frozen=True, slots=True)
class Unsent:
    """What of a payment was not sent on, in dollars."""

    payment: Payment
    amount: Decimal
    is_late: bool
    """By what the record knows, on the day it speaks of: what was sent since is not in it."""


def unsent(view: CaseView, payment: Payment) -> Unsent | None:
    """What of a payment should still be sent on; None where nothing is, or it cannot be said.

    It cannot be said to one who has left the case, and of a payment that is seen in another part
    than the one had now: money of that may have gone where the viewer is not told of it.
    """
    if view.ended_on is not None or payment.reversed_on is not None:
        return None
    if payment.received_on is None or view.is_payor != (payment.whole is not None):
        return None
    if payment.status is PaymentStatus.HELD:
        return None
    amount = payment.part - sum((payment.applied.get(it, ZERO) for it in _KEPT), ZERO)
    if view.is_payor:
        amount = ZERO if payment.sent_on is not None else amount
    else:
        amount -= sum((it.amount or ZERO for it in payment.sendings if not it.is_reissue), ZERO)
    if amount <= 0:
        return None
    rules = view.agency.distribution
    waited = weekdays_between(payment.received_on, view.as_of)
    return Unsent(payment, amount, waited > rules.disbursement_days + rules.spare_weekdays)
