"""One line of the ledger: the row it comes from, the rule behind it, and its own arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.cases import words
from portal.cases.explain_words import line_name, reason_in_words
from portal.cases.line_rules import RATES, RuleTold, rule_told
from portal.cases.page import disagree_address, month_address, payment_address
from portal.cases.state_words import why_sent_to_state
from portal.ledger.case_view import CaseView
from portal.ledger.explained import Explained, ExplainedMonth, line_token, month_holding
from portal.ledger.lines import Entry, Line, LineKind, together
from portal.ledger.orders import Order, orders_by_id
from portal.ledger.payments import Payment, payments_shown
from portal.rules.money import ZERO, percent_of
from portal.rules.vocabulary import AllocationCategory, Category
from portal.web.edge import context
from portal.web.filters import money


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
class Shared:
    """How a payment was shared on this case: ``$30.00 current support + $15.00 arrears = $45.00``.

    `is_whole` where that is the whole payment, and the reader is told so: who sees a part on one
    case alone is not told what the whole came to.
    """

    text: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class LinePage:
    """All of the page."""

    line: Line
    month: ExplainedMonth
    name: str
    rule: RuleTold
    reason: str
    order: Order | None
    rate: RateSum | None
    shared: Shared | None
    state: str
    """Why a part of the payment went to the state; empty where none is told of."""
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
        rule_told(entry, order, payment, view.viewer),
        reason_in_words(entry, view.viewer),
        order,
        rate_of(entry, month),
        _shared(entry, payment),
        _state(view, entry, payment),
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


def _shared(entry: Entry, payment: Payment | None) -> Shared | None:
    """How the payment was shared on this case; None where there was nothing to share."""
    if entry.kind is not LineKind.PAYMENT or payment is None or len(payment.applied) < 2:
        return None
    parts = " + ".join(
        f"{money(amount)} {_short(category)}" for category, amount in payment.applied.items()
    )
    return Shared(
        f"{parts} = {money(payment.part)}",
        is_whole=payment.whole == payment.part and not payment.elsewhere,
    )


def _state(view: CaseView, entry: Entry, payment: Payment | None) -> str:
    if entry.kind is not LineKind.PAYMENT or payment is None:
        return ""
    return why_sent_to_state(view.agency, payment)


def _short(category: AllocationCategory) -> str:
    if category is AllocationCategory.HELD:
        return str(_("held"))
    if category is AllocationCategory.REFUND:
        return str(_("sent back to you"))
    return str(words.SHORT_CATEGORIES[Category(category.value)])


def rate_of(entry: Entry, month: ExplainedMonth) -> RateSum | None:
    """The month's own arithmetic of interest and penalty (G.L. c.119A s.6(a), 830 CMR 119A.6.1)."""
    kind = RATES.get(entry.category)
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
