"""The rule behind a line of the ledger, and where it comes from.

A copy may not say that a payment was a federal tax refund to whom the page says so by its kind
alone: print then gives the rule of any payment (`RuleTold.copied`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.cases import words
from portal.ledger.lines import Entry, LineKind
from portal.ledger.orders import Order
from portal.ledger.payments import Payment
from portal.rules.agency import ChargeRate
from portal.rules.disclosing import SourceKind, reason_shown
from portal.rules.disclosure import Viewer
from portal.rules.vocabulary import (
    AllocationCategory,
    Category,
    ChargeReason,
    Frequency,
    Source,
)
from portal.web.edge import context
from portal.web.filters import money

RATES = {Category.INTEREST: ChargeRate.INTEREST, Category.PENALTY: ChargeRate.PENALTY}
_FEDERAL = (Source.FEDERAL_TAX_OFFSET, SourceKind.FEDERAL_TAX_REFUND)
_COURT = _l("the court’s order")
_DECISION = _l("the agency’s decision, as its records have it")
_CORRECTIONS: Mapping[ChargeReason | None, str] = {
    ChargeReason.COURT_ORDER: _COURT,
    ChargeReason.COURT_CREDIT: _COURT,
}


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule in words, and its source; empty where none is named."""

    text: str
    law: str
    copied: RuleTold | None = None
    """What print says in its place, where it may not say the same."""


def rule_told(
    entry: Entry, order: Order | None, payment: Payment | None, viewer: Viewer
) -> RuleTold:
    """The rule behind one line, for the page of it."""
    told = RuleTold(_rule(entry, order), _law(entry, viewer))
    if entry.kind is not LineKind.PAYMENT or payment is None or payment.source not in _FEDERAL:
        return told
    only = context().agency.distribution.federal_tax_offset_past_due_only
    text = (
        _("A federal tax refund goes to past-due support only.")
        if only
        else _("A federal tax refund goes to past-due support first.")
    )
    may_copy = payment.source == payment.copied_source
    law = _("42 USC 664 and 45 CFR 303.72")
    return RuleTold(str(text), str(law), None if may_copy else told)


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
    if entry.category in RATES:
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


def _law(entry: Entry, viewer: Viewer) -> str:
    """The source of the rule; what only an agency's own law says is in its profile."""
    match entry.kind:
        case LineKind.OPENING:
            return str(_("the agency’s earlier records"))
        case LineKind.ADJUSTMENT:
            return str(_CORRECTIONS.get(reason_shown(entry.reason, viewer), _DECISION))
        case LineKind.PAYMENT:
            return str(_("45 CFR 302.51, and the agency’s order of payment"))
        case LineKind.REVERSAL:
            return str(_("45 CFR 302.51: only money that the agency has received counts as paid"))
        case LineKind.CHARGE if entry.category in RATES:
            return context().agency.interest.law
        case LineKind.CHARGE if entry.category is Category.FEE:
            return str(_("42 USC 654(6)(B) and 45 CFR 302.33, and the agency’s list of fees"))
        case LineKind.CHARGE:
            return str(_("the court’s order, and the agency’s billing days"))
