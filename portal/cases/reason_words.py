"""Why a payment is smaller, and when the next is expected, in a parent's words.

The sentences hold this case's figures and nothing else. *Less came in for this case than before* is
all that is ever said of money that did not come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.cases import words
from portal.cases.page import payment_address
from portal.cases.waiting_words import Waiting, waiting_in_words
from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment
from portal.ledger.reasons import Outlook, receipt
from portal.rules.calendar import billing_days
from portal.rules.pattern import Expected
from portal.rules.reasons import Reason, ReasonKind, Smaller
from portal.web.edge import context
from portal.web.filters import day, money, month_and_year

WHERE_WORDS: Mapping[ReasonKind, str] = {
    ReasonKind.HELD: _l("We hold this money for now. It may be subject to adjustment."),
    ReasonKind.RECOVERED: _l("We kept this to recover an overpayment."),
    ReasonKind.FEE: _l("This went to a fee on the case."),
    ReasonKind.TO_STATE: _l("This went to the state or to another agency."),
}
"""Where money stayed. Of a hold the same is said whatever is held: its reason may not be told
(IRC 6103(l)(6))."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why a payment is smaller: the sentence that says by how much, and a line a reason."""

    lead: str
    before_href: str | None
    """The payment it is held against."""
    lines: Sequence[tuple[Decimal, str]]


@dataclass(frozen=True, slots=True)
class NextPayment:
    """What is to be expected, in sentences; `stayed` where the last payment did not arrive."""

    is_late: bool
    lead: str
    notes: Sequence[str]
    stayed: Why | None
    waiting: Waiting | None
    """What of the last payment was not sent on yet."""


def explain(view: CaseView, found: Smaller | None, payments: Sequence[Payment]) -> Why | None:
    """Why the payment is smaller; None where it is not."""
    if found is None:
        return None
    values = {"amount": money(found.by), "day": day(found.before.on)}
    lead = _("It brought you %(amount)s less than the payment of %(day)s.", **values)
    if view.is_payor:
        lead = _("It paid %(amount)s less of the support than the one of %(day)s.", **values)
    before = next((it for it in payments if _is(it, found)), None)
    lines = [(it.amount, _reason(it, found)) for it in found.reasons]
    return Why(lead, payment_address(view, before) if before else None, lines)


def next_payment(view: CaseView, found: Outlook) -> NextPayment:
    """What to say of the payment to come; nothing where there is no pattern and no question."""
    expected = found.expected
    notes: list[str] = []
    if found.taken_back is not None and found.taken_back.reversed_on is not None:
        values = {"day": day(found.taken_back.on), "back": day(found.taken_back.reversed_on)}
        notes.append(_("A payment came in on %(day)s. It was taken back on %(back)s.", **values))
    if found.nothing_since is not None:
        since = day(found.nothing_since)
        notes.append(_("Nothing came in for this case since %(day)s.", day=since))
    if expected is not None and not expected.is_late:
        notes.extend(_pattern(expected, between=found.between))
    return NextPayment(
        expected is not None and expected.is_late,
        _expected(view, expected) if expected else "",
        notes,
        _stayed(view, found),
        waiting_in_words(view, found.unsent),
    )


def _expected(view: CaseView, expected: Expected) -> str:
    about = day(expected.on)
    if expected.is_late:
        if view.is_payor:
            lead = _("We expected your payment about %(day)s. It has not come yet.", day=about)
        else:
            lead = _("We expected a payment about %(day)s. It has not come yet.", day=about)
        return str(lead)
    if expected.amount is None:
        return str(_("We expect one around %(day)s.", day=about))
    amount = money(expected.amount)
    return str(_("We expect about %(amount)s around %(day)s.", day=about, amount=amount))


def _pattern(expected: Expected, *, between: bool) -> list[str]:
    often = words.FREQUENCIES[expected.every]
    notes = [str(_("So far payments came %(often)s. This is a guess from that.", often=often))]
    if between:
        notes.append(
            str(_("Support falls due every week. A week without a payment is normal here."))
        )
    return notes


def _stayed(view: CaseView, found: Outlook) -> Why | None:
    if found.last is None or not found.reasons:
        return None
    values = {"day": day(found.last.on), "amount": money(found.last.part)}
    lead = _("%(amount)s came in on %(day)s. None of it was sent to you.", **values)
    if view.is_payor:
        lead = _("%(amount)s came in on %(day)s. None of it paid support so far.", **values)
    lines = [(it.amount, _where(it.kind)) for it in found.reasons]
    return Why(lead, payment_address(view, found.last), lines)


def _reason(reason: Reason, found: Smaller) -> str:
    match reason.kind:
        case ReasonKind.FIFTH_BILLING_DAY:
            return _billing_days(found)
        case ReasonKind.ORDER_CHANGED if reason.since is not None:
            return str(_("The court order is lower since %(day)s.", day=day(reason.since)))
        case ReasonKind.ORDER_CHANGED:
            return str(_("The court order is lower than before."))
        case ReasonKind.ARREARS_DONE:
            return str(_("The past-due support is paid off. Only current support is paid now."))
        case ReasonKind.PAYROLL_CYCLE:
            return str(_("Payments come more often now than before, and each one is smaller."))
        case _:
            return _where(reason.kind)


def _where(kind: ReasonKind) -> str:
    return str(WHERE_WORDS.get(kind) or _("Less came in for this case than before."))


def _billing_days(found: Smaller) -> str:
    billing = context().agency.billing
    values = {
        "weekdays": words.WEEKDAYS[billing.weekday],
        "before": month_and_year(found.before.on),
        "many": billing_days(found.before.on, billing),
        "now": month_and_year(found.now.on),
        "few": billing_days(found.now.on, billing),
    }
    text = _(
        "Support falls due on %(weekdays)s. %(before)s had %(many)s of them, %(now)s has %(few)s.",
        **values,
    )
    return str(text)


def _is(payment: Payment, found: Smaller) -> bool:
    own = receipt(payment)
    return own is not None and (own.on, own.stream) == (found.before.on, found.before.stream)
