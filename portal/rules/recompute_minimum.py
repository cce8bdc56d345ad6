"""What a month's minimum payment was, and whether the order is another state's."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from portal.rules.agency import Agency
from portal.rules.calendar import first_of_month
from portal.rules.interest import minimum_payment
from portal.rules.money import ZERO
from portal.rules.recompute_books import due_of
from portal.rules.recompute_facts import CaseRecord, OrderFact
from portal.rules.vocabulary import Category, Interstate, OrderKind


def minimum_of(case: CaseRecord, month: date, agency: Agency) -> Decimal | None:
    """The required payment of a month, in dollars; None where no order is carried to tell.

    Without a current order it is the last month's in which one was in force (830 CMR 119A.6.1(2)).
    """
    support = [it for it in case.orders if it.kind is OrderKind.CURRENT_SUPPORT]
    current = due_of(support, Category.CURRENT_SUPPORT, month, agency.billing)
    last = ZERO if current else _last_obligation(support, month, agency)
    if not current and not last:
        return None
    by_court = agency.interest.arrears_order_is_minimum
    set_by_court = due_on_arrears(case, month, agency) if by_court else ZERO
    return minimum_payment(current, last, set_by_court)


def due_on_arrears(case: CaseRecord, month: date, agency: Agency) -> Decimal:
    """What orders to pay off arrears come to in a month, in dollars."""
    orders = [it for it in case.orders if it.kind is OrderKind.ARREARS]
    as_support = [
        OrderFact(OrderKind.CURRENT_SUPPORT, it.amount, it.frequency, it.effective_on, it.ended_on)
        for it in orders
    ]
    return due_of(as_support, Category.CURRENT_SUPPORT, month, agency.billing)


def issued_elsewhere(case: CaseRecord, day: date, agency: Agency) -> bool | None:
    """Whether the support orders in force (or, if none is, the last) are another state's.

    None where that cannot be told: some are and some are not, or none says while another agency
    asked for the collection.
    """
    support = [
        it for it in case.orders if it.kind is OrderKind.CURRENT_SUPPORT and it.effective_on <= day
    ]
    in_force = [it for it in support if (it.ended_on or date.max) >= first_of_month(day)]
    judged = in_force or support
    if not judged:
        return None
    found = {_is_elsewhere(it.issuing_state, agency) for it in judged}
    if found == {None}:
        return None if case.interstate is Interstate.RESPONDING else False
    return found.pop() if len(found) == 1 else None


def _is_elsewhere(issuing_state: str | None, agency: Agency) -> bool | None:
    if not issuing_state:
        return None
    own = {agency.fips, agency.code, f"US-{agency.code}"}
    return issuing_state.strip().upper() not in own


def _last_obligation(orders: list[OrderFact], month: date, agency: Agency) -> Decimal:
    """The last earlier month's support in which any fell due, in dollars."""
    ends = [
        min(it.ended_on or date.max, month - timedelta(days=1))
        for it in orders
        if it.effective_on < month
    ]
    last = max(ends, default=None)
    for _ in range(2):  # an order may end before the month's first due date
        if last is None:
            break
        due = due_of(orders, Category.CURRENT_SUPPORT, first_of_month(last), agency.billing)
        if due:
            return due
        last = first_of_month(last) - timedelta(days=1)
    return ZERO
