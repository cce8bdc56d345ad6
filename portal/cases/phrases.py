"""Sentences made of figures: orders, months and deadlines in words."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from portal.cases import words
from portal.ledger.case_view import CaseView
from portal.ledger.orders import Order
from portal.ledger.payments import Payment, PaymentStatus
from portal.ledger.unsent import unsent
from portal.rules.calendar import MonthDue
from portal.rules.vocabulary import Frequency
from portal.web.edge import context
from portal.web.filters import day, money


def order_in_words(order: Order) -> str:
    """``$100.00 every week, since March 3, 2023, Suffolk Probate and Family Court``."""
    often = words.FREQUENCIES[order.frequency]
    parts = [_("%(amount)s %(often)s", amount=money(order.amount), often=often)]
    if order.ended_on is None:
        parts.append(_("since %(day)s", day=day(order.effective_on)))
    else:
        first, last = day(order.effective_on), day(order.ended_on)
        parts.append(_("from %(first)s to %(last)s", first=first, last=last))
    if order.court:
        parts.append(order.court)
    return ", ".join(parts)


def month_in_words(due: MonthDue) -> str:
    """``4 Fridays at $100.00``; ``2 times $50.00``; nothing where nothing falls due."""
    if not due.count:
        return str(_("nothing falls due"))
    if due.frequency is Frequency.WEEKLY:
        names = words.WEEKDAYS if due.count > 1 else words.WEEKDAY
        weekdays = names[context().agency.billing.weekday]
        values = {"weekdays": weekdays, "amount": money(due.each)}
        return str(_("%(count)s %(weekdays)s at %(amount)s", count=due.count, **values))
    amount = money(due.each)
    return str(ngettext("once %(amount)s", "%(num)s times %(amount)s", due.count, amount=amount))


def status_name(view: CaseView, status: PaymentStatus) -> str:
    """``Cashed``; a payee is told of nothing but what was sent to them."""
    if status is PaymentStatus.RECEIVED and not view.is_payor:
        return str(words.NOT_SENT_TO_YOU)
    return str(words.STATUSES[status])


def status_in_words(view: CaseView, payment: Payment) -> str:
    """The status of one payment: ``Received, not sent to you yet``; whether it is late."""
    if payment.status is PaymentStatus.RECEIVED and (found := unsent(view, payment)):
        if found.is_late:
            return str(
                _("Late: not sent to you yet") if found.is_ones_own else _("Late: not sent on yet")
            )
        if not found.is_ones_own:
            return str(_("Received, not sent on yet"))
        return str(_("Received, not sent to you yet"))
    return status_name(view, payment.status)


def status_tag(view: CaseView, payment: Payment) -> str:
    """The kind of tag that repeats the status."""
    if payment.status is PaymentStatus.RECEIVED and (found := unsent(view, payment)):
        return "problem" if found.is_late else "waiting"
    return words.STATUS_TAGS[payment.status]


def month_name(first: date) -> str:
    """``Nov``."""
    return str(format_date(first, "LLL"))
