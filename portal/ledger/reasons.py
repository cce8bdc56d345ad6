"""Why a payment is smaller, and when the next should come: from one case, as its viewer sees it.

Nothing is read here that the case's own pages do not show the same viewer: payments and what was
sent on as `payments_shown` gives them, the orders, and what is past due.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.ledger.balances import opening_and_entries
from portal.ledger.case_view import CaseView
from portal.ledger.lines import Entry, LineKind, Sums
from portal.ledger.orders import Order, orders_shown
from portal.ledger.payments import Payment
from portal.ledger.unsent import Unsent, unsent
from portal.rules import reasons as rules
from portal.rules.calendar import first_of_month
from portal.rules.money import ZERO
from portal.rules.pattern import Arrival, Expected, expect
from portal.rules.reasons import CaseFacts, OrderTerms, Reason, Receipt, Smaller
from portal.rules.vocabulary import AllocationCategory, Category, Frequency, Payee

_PAST_DUE = (Category.ARREARS, Category.INTEREST, Category.PENALTY)
_LATELY = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected next, and why nothing came lately."""

    expected: Expected | None
    between: bool = False
    """Support falls due every week and payments come less often: weeks without one are normal."""
    last: Payment | None = None
    """The last payment, where none of it reached the viewer."""
    reasons: tuple[Reason, ...] = ()
    """Where the last payment stayed."""
    unsent: Unsent | None = None
    """What of the last payment was not sent on, late or not."""
    taken_back: Payment | None = None
    """A payment of these days that the sender took back."""
    nothing_since: date | None = None
    """Where one is late: the day since which nothing at all came in that counts."""


def outlook(
    session: Session,
    view: CaseView,
    payments: Sequence[Payment],
    orders: Sequence[Order] | None = None,
) -> Outlook:
    """What is to be expected, and what became of the last payment if none of it arrived.

    Nothing is expected on a case that is over for the viewer. Where pay is only passed through, it
    comes as regularly as anywhere: a parent there waits for it too.
    """
    if view.ended_on is not None or view.is_closed:
        return Outlook(None)
    if orders is None:
        orders = orders_shown(session, view)
    expected = _expected(view, payments, orders)
    newest = _newest(payments)
    waits = unsent(view, newest[0]) if newest else None
    last, reasons = _stayed(view, newest, waits)
    return Outlook(
        expected,
        expected is not None
        and expected.every is not Frequency.WEEKLY
        and any(it.is_current and it.frequency is Frequency.WEEKLY for it in orders),
        last,
        reasons,
        waits,
        _taken_back(payments, expected),
        _last_day(payments) if expected is not None and expected.is_late else None,
    )


def smaller(
    session: Session, view: CaseView, payment: Payment, payments: Sequence[Payment]
) -> Smaller | None:
    """A payment against those before it, as the viewer sees them; None where it is not smaller.

    Sources are told apart as a copy may say them, so that print tells no more than it may.
    """
    now = receipt(payment)
    if now is None or not view.windows:
        return None
    receipts = [it for it in map(receipt, payments) if it is not None]
    facts = CaseFacts(
        tuple(_terms(it) for it in orders_shown(session, view)),
        past_due_by_day(*opening_and_entries(session, view, view.as_of)),
        view.agency.billing,
        view.agency.enforcement.withholding_increase_percent,
        view.agency.patterns,
    )
    return rules.why_smaller(receipts, now, facts)


def receipt(payment: Payment) -> Receipt | None:
    """A payment for the comparison; None for one that does not count or is not the viewer's."""
    if payment.received_on is None or payment.reversed_on is not None:
        return None
    if payment.copied_source is None:
        return None
    applied = payment.applied
    part = payment.received_in
    held = applied.get(AllocationCategory.HELD, ZERO)
    fee = applied.get(AllocationCategory.FEE, ZERO)
    recovered = _sent(payment, Payee.AGENCY)
    state = _sent(payment, Payee.STATE) + _sent(payment, Payee.OTHER_STATE)
    own = sum(
        (it.amount or ZERO for it in payment.sendings if it.to_oneself and not it.is_reissue),
        ZERO,
    )
    return Receipt(
        payment.received_on,
        payment.copied_source.value,
        part,
        sum((applied.get(AllocationCategory(it.value), ZERO) for it in _PAST_DUE), ZERO),
        held,
        fee,
        recovered,
        min(max(part - held - fee - recovered - own, ZERO), state),
    )


def past_due_by_day(opening: Sums, entries: Sequence[Entry]) -> Callable[[date], Decimal]:
    """What is past due as a day ends: what is owed but the current support of its month."""
    owed = sum((opening.get(it, ZERO) for it in (Category.CURRENT_SUPPORT, *_PAST_DUE)), ZERO)

    def past_due(day: date) -> Decimal:
        month = first_of_month(day)
        counted = (it.amount for it in entries if it.on <= day and _is_past(it, month))
        return owed + sum(counted, ZERO)

    return past_due


def _is_past(entry: Entry, month: date) -> bool:
    if entry.category in _PAST_DUE:
        return True
    if entry.category is not Category.CURRENT_SUPPORT:
        return False
    return entry.on < month or entry.kind in (LineKind.ADJUSTMENT, LineKind.OPENING)


def _expected(
    view: CaseView, payments: Sequence[Payment], orders: Sequence[Order]
) -> Expected | None:
    arrivals = [it for it in map(_arrival, payments) if it is not None]
    found = expect(arrivals, view.as_of, view.agency.patterns)
    if found is None:
        return None
    # Money that came after the orders had ended goes to what is past due, and may go on coming.
    runs = _in_force(orders, found.on) or not _in_force(orders, found.last_on)
    return found if runs else None


def _in_force(orders: Sequence[Order], on: date) -> bool:
    return any(it.effective_on <= on <= (it.ended_on or date.max) for it in orders)


def _arrival(payment: Payment) -> Arrival | None:
    """A payor's own payment by its whole, another's by what came in for this case."""
    if payment.received_on is None or payment.reversed_on is not None:
        return None
    if payment.copied_source is None:
        return None
    amount = payment.received_in if payment.whole is None else payment.whole
    return Arrival(payment.received_on, payment.copied_source.value, amount)


def _newest(payments: Sequence[Payment]) -> tuple[Payment, Receipt] | None:
    """The last payment that counts."""
    counted = [(it, found) for it in payments if (found := receipt(it)) is not None]
    return max(counted, key=lambda it: it[1].on, default=None)


def _stayed(
    view: CaseView, newest: tuple[Payment, Receipt] | None, waits: Unsent | None
) -> tuple[Payment | None, tuple[Reason, ...]]:
    """The last payment, if all of it stayed somewhere on its way, and where.

    What was not sent on yet has not reached a payee. Support is paid by it all the same.
    """
    if newest is None:
        return None, ()
    last, found = newest
    waiting = waits.amount if waits is not None and not view.is_payor else ZERO
    if found.part <= 0 or found.reached > waiting:
        return None, ()
    return last, tuple(rules.stayed(found))


def _last_day(payments: Sequence[Payment]) -> date | None:
    days = (it.on for it in map(_arrival, payments) if it is not None)
    return max(days, default=None)


def _taken_back(payments: Sequence[Payment], expected: Expected | None) -> Payment | None:
    if expected is None or not expected.is_late:
        return None
    return next(
        (
            it
            for it in payments
            if it.reversed_on is not None
            and it.received_on is not None
            and it.received_on > expected.last_on
            and it.received_on >= expected.on - _LATELY
        ),
        None,
    )


def _terms(order: Order) -> OrderTerms:
    return OrderTerms(order.kind, order.amount, order.frequency, order.effective_on, order.ended_on)


def _sent(payment: Payment, payee: Payee) -> Decimal:
    amounts = (
        it.amount or ZERO
        for it in payment.sendings
        if it.payee is payee and not it.to_oneself and not it.is_reissue
    )
    return sum(amounts, ZERO)
