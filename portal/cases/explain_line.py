"""One line of the ledger: the row it comes from, the rule behind it, and its own arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.cases import words
from portal.cases.explain_words import line_name, reason_in_words
from portal.cases.page import disagree_address, month_address, payment_address
from portal.ledger.case_view import CaseView
from portal.ledger.explained import Explained, ExplainedMonth, line_token, month_holding
from portal.ledger.lines import Entry, Line, LineKind, together
from portal.ledger.orders import Order, orders_by_id
from portal.ledger.payments import Payment, payments_shown
from portal.rules.agency import ChargeRate
from portal.rules.money import ZERO, percent_of
from portal.rules.vocabulary import AllocationCategory, Category, Frequency
from portal.web.edge import context
from portal.web.filters import money

_RATES = {Category.INTEREST: ChargeRate.INTEREST, Category.PENALTY: ChargeRate.PENALTY}


@dataclass(frozen=True, slots=True)
class RateSum:
    """How interest or a penalty comes about: the agency's rate on the lines' past-due support."""

    percent: Decimal
    base: Decimal
    result: Decimal
    due: Decimal | None
    """Support that fell due in the month; None where not all of the month is shown."""
    paid: Decimal
    """What of payments received in the month went to support."""


@dataclass(frozen=True, slots=True)
class LinePage:
    """All of the page."""

    line: Line
    month: ExplainedMonth
    name: str
    rule: str
    law: str
    """Where the rule comes from; empty where no source is named."""
    reason: str
    order: Order | None
    rate: RateSum | None
    payment: Payment | None
    payment_href: str | None
    month_href: str
    disagree_href: str

    @property
    def entry(self) -> Entry:
        """What the line is made of."""
        return self.line.entry

    @property
    def group(self) -> Category:
        """What its balance counts under."""
        return together(self.entry.category)


def line_page(session: Session, view: CaseView, shown: Explained, line: Line) -> LinePage:
    """What the page of one line shows."""
    entry = line.entry
    month = month_holding(shown.months, line)
    order = orders_by_id(session, view).get(entry.order_id or "") if entry.order_id else None
    payment = _payment(session, view, entry)
    href = payment_address(view, payment) if payment is not None else None
    return LinePage(
        line,
        month,
        line_name(entry),
        _rule(entry, order),
        _law(entry),
        reason_in_words(entry, view.viewer),
        order,
        rate_of(entry, month),
        payment,
        href,
        month_address(view, month.first),
        disagree_address(view, line_token(context().opaque, view, entry)),
    )


def _payment(session: Session, view: CaseView, entry: Entry) -> Payment | None:
    """The payment as it is shown; None where only its taking back falls within the role."""
    if entry.payment_id is None:
        return None
    found = (it for it in payments_shown(session, view) if it.payment_id == entry.payment_id)
    return next((it for it in found if it.received_on is not None), None)


def _rule(entry: Entry, order: Order | None) -> str:
    match entry.kind:
        case LineKind.OPENING:
            return str(_("What was owed on the day before the first entry that our records hold."))
        case LineKind.ADJUSTMENT:
            return str(_("The agency changed what is owed by hand."))
        case LineKind.PAYMENT:
            return str(words.RULES[AllocationCategory(entry.category.value)])
        case LineKind.REVERSAL:
            return str(
                _("The bank or the sender took the payment back. What it had paid was added back.")
            )
        case LineKind.CHARGE:
            return _charge_rule(entry, order)


def _charge_rule(entry: Entry, order: Order | None) -> str:
    if entry.category in _RATES:
        amount = money(context().agency.interest.threshold)
        return str(
            _(
                "It is added at the end of a month in which more than %(amount)s of support is past"
                " due and the month’s payment was not made in full. It is worked out on support"
                " alone, never on interest or penalties.",
                amount=amount,
            )
        )
    if entry.category is Category.FEE:
        return str(
            _("A fee for services on the case. We tell you about a fee before we charge it.")
        )
    if order is None:
        return str(_("It fell due as the court ordered. Our records do not name the order here."))
    return _due_rule(order)


def _law(entry: Entry) -> str:
    """The source of the rule; what only an agency's own law says is in its profile."""
    if entry.kind is LineKind.PAYMENT:
        return str(_("45 CFR 302.51, and the agency’s order of payment"))
    if entry.kind is not LineKind.CHARGE or entry.category is Category.FEE:
        return ""
    if entry.category in _RATES:
        return context().agency.interest.law
    return str(_("the court’s order, and the agency’s billing days"))


def _due_rule(order: Order) -> str:
    billing = context().agency.billing
    weekday = words.WEEKDAY[billing.weekday]
    match order.frequency:
        case Frequency.WEEKLY:
            return str(_("A weekly order falls due each %(weekday)s.", weekday=weekday))
        case Frequency.BIWEEKLY:
            return str(_("An order for every two weeks falls due each second %(weekday)s.",
                     weekday=weekday))  # fmt: skip
        case Frequency.SEMIMONTHLY:
            first, second = billing.semimonthly_days
            return str(
                _(
                    "An order for twice a month falls due on day %(first)s and day %(second)s.",
                    first=first,
                    second=second,
                )
            )
        case Frequency.MONTHLY if billing.monthly_day == 1:
            return str(_("A monthly order falls due on the first day of each month."))
        case Frequency.MONTHLY:
            return str(_("A monthly order falls due on day %(day)s of each month.",
                     day=billing.monthly_day))  # fmt: skip


def rate_of(entry: Entry, month: ExplainedMonth) -> RateSum | None:
    """The month's own arithmetic of interest and penalty (G.L. c.119A s.6(a), 830 CMR 119A.6.1)."""
    kind = _RATES.get(entry.category)
    if kind is None or entry.kind is not LineKind.CHARGE:
        return None
    percent = context().agency.interest.percent(kind, entry.on)
    until = [it for it in month.lines if it.entry.on <= entry.on]
    support = [it for it in until if together(it.entry.category) is Category.ARREARS]
    base = support[-1].owed_for if support else month.opening.get(Category.ARREARS, ZERO)
    due = (
        it.entry.amount
        for it in until
        if it.entry.kind is LineKind.CHARGE and it.entry.category is Category.CURRENT_SUPPORT
    )
    paid = (-it.entry.amount for it in support if it.entry.kind is LineKind.PAYMENT)
    whole = month.opens_on == month.first
    return RateSum(
        percent,
        base,
        percent_of(max(base, ZERO), percent),
        sum(due, ZERO) if whole else None,
        sum(paid, ZERO),
    )
