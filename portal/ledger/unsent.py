"""Money that was received and that its viewer does not see sent on, and whether that is late.

It is made of what `payments_shown` gives the viewer and of nothing else: a payee counts what went
to them and what they are told of the rest, a payor the one day on which money was first sent on.
What a payee does not see need not be unsent: where money can have gone to somebody of whom they are
not told, it is not called late. That is told by who was ever on the case, so that what was sent to
another changes no word on their page.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment, PaymentStatus
from portal.rules.money import ZERO
from portal.rules.pattern import weekdays_between
from portal.rules.vocabulary import AllocationCategory, Payee

_KEPT = (AllocationCategory.HELD, AllocationCategory.FEE, AllocationCategory.REFUND)
_SURELY_KNOWN = frozenset({*_KEPT, AllocationCategory.CURRENT_SUPPORT})


@dataclass(frozen=True, slots=True)
class Unsent:
    """What of a payment was not sent on, in dollars."""

    payment: Payment
    amount: Decimal
    is_late: bool
    """By what the record knows, on the day it speaks of: what was sent since is not in it."""
    is_sure: bool
    """False where it may have gone where the viewer is not told: then neither an amount is said of
    it, nor that it is late, nor when it is to come."""
    is_ones_own: bool
    """Whether it should come to the viewer, not only go on: support may be owed to the state."""


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
    amount, is_sure = _left(view, payment)
    if amount <= 0:
        return None
    rules = view.agency.distribution
    waited = weekdays_between(payment.received_on, view.as_of)
    is_sure = is_sure and payment.is_all_told
    return Unsent(
        payment,
        amount,
        is_sure and waited > rules.disbursement_days + rules.spare_weekdays,
        is_sure,
        not view.is_payor and not _is_owed_to_state(view, payment),
    )


def _is_owed_to_state(view: CaseView, payment: Payment) -> bool:
    """Whether what it was applied to is owed to the state, or a part of that."""
    current = view.row.current_to_state and AllocationCategory.CURRENT_SUPPORT in payment.applied
    return current or (view.row.arrears_to_state and AllocationCategory.ARREARS in payment.applied)


def _left(view: CaseView, payment: Payment) -> tuple[Decimal, bool]:
    """What is left of the part, and whether that is sure.

    A fee may be kept, or be sent to the state and be one of the sendings: it is taken off once.
    Where what went to the state may be the fee or support as well, it is not sure.
    """
    kept = sum((payment.applied.get(it, ZERO) for it in _KEPT), ZERO)
    if view.is_payor:
        return (ZERO if payment.sent_on is not None else payment.part - kept), True
    counted = [it for it in payment.sendings if not it.is_reissue]
    sent = sum((it.amount or ZERO for it in counted), ZERO)
    states = sum((it.amount or ZERO for it in counted if it.payee is Payee.STATE), ZERO)
    own = {AllocationCategory(it.value) for it in view.agency.interest.owed_to_state}
    beside = states - sum((payment.applied.get(it, ZERO) for it in own), ZERO)
    fee = payment.applied.get(AllocationCategory.FEE, ZERO)
    covered = min(fee, max(beside, ZERO))
    is_sure = not covered or (beside <= fee and set(payment.applied) <= _SURELY_KNOWN | own)
    return payment.part - kept - sent + covered, is_sure
