"""The ledger in parents' words: what each line is, and what moved a month most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.cases import words
from portal.ledger.explained import ORDERED, ExplainedMonth
from portal.ledger.lines import Entry, LineKind, together
from portal.ledger.orders import Order
from portal.rules.disclosing import reason_shown
from portal.rules.disclosure import Viewer
from portal.rules.money import ZERO
from portal.rules.vocabulary import Category, ChargeReason, Frequency
from portal.web.edge import context
from portal.web.filters import money

Words = Mapping[StrEnum, str]

GROUPS: Words = {**words.CATEGORIES, Category.ARREARS: _l("Support, current and past due")}
"""What a balance of the ledger is for: current support and past-due support are one."""
CHARGES: Words = {
    Category.CURRENT_SUPPORT: _l("Support fell due"),
    Category.ARREARS: _l("Past-due support was added"),
    Category.INTEREST: _l("Interest was added"),
    Category.PENALTY: _l("A penalty was added"),
    Category.FEE: _l("A fee was charged"),
    Category.MEDICAL: _l("Medical support fell due"),
    Category.ALIMONY: _l("Alimony fell due"),
}
KINDS: Words = {
    LineKind.OPENING: _l("Owed before our records begin"),
    LineKind.ADJUSTMENT: _l("A correction was made"),
    LineKind.PAYMENT: _l("A payment was applied"),
    LineKind.REVERSAL: _l("A payment was taken back"),
}
REASONS: Words = {
    ChargeReason.COURT_ORDER: _l("A court changed what is owed."),
    ChargeReason.COURT_CREDIT: _l("A court gave a credit."),
    ChargeReason.WAIVER: _l("The agency gave up this amount (a waiver)."),
    ChargeReason.DIRECT_PAYMENT: _l("It was paid by one parent to the other, not through us."),
    ChargeReason.REVERSAL: _l("An earlier entry was undone."),
    ChargeReason.CORRECTION: _l("An earlier entry was put right."),
    ChargeReason.OTHER: _l("For another reason. Ask us which."),
}


def line_name(entry: Entry) -> str:
    """``Support fell due``."""
    if entry.kind is LineKind.CHARGE:
        return str(CHARGES[entry.category])
    return str(KINDS[entry.kind])


def reason_in_words(entry: Entry, viewer: Viewer) -> str:
    """``A court gave a credit.``; empty where there is no reason or none is shown."""
    reason = reason_shown(entry.reason, viewer)
    return str(REASONS[reason]) if reason else ""


def signed(amount: Decimal) -> str:
    """``+$100.00`` or ``−$100.00``: how a line moves what is owed."""
    return f"+{money(amount)}" if amount > 0 else money(amount)


def plain(number: Decimal) -> str:
    """``0.5``: a rate without a sign and without idle zeros."""
    return str(format_decimal(number))


@dataclass(frozen=True, slots=True)
class _Mover:
    amount: Decimal
    text: str


def what_moved(month: ExplainedMonth, orders: Mapping[str, Order]) -> str:
    """``Rose by $130.00: 5 Fridays were charged ($500.00) and 3 payments lowered it by $370.00.``

    What moved it that way comes first, and of that what moved it most.
    """
    if not month.lines:
        return str(_("Nothing changed."))
    change = month.change
    movers = sorted(_movers(month, orders), key=lambda it: -abs(it.amount))
    why = "; ".join(it.text for it in sorted(movers, key=lambda it: it.amount * change <= 0))
    if change == 0:
        return str(_("Stayed the same: %(why)s.", why=why))
    if change > 0:
        return str(_("Rose by %(amount)s: %(why)s.", amount=money(change), why=why))
    return str(_("Fell by %(amount)s: %(why)s.", amount=money(-change), why=why))


def _movers(month: ExplainedMonth, orders: Mapping[str, Order]) -> Iterator[_Mover]:
    """What moved the month: due against paid is one, since the two belong together."""
    if month.charged or month.applied:
        values = {"charged": _charged(month, orders), "paid": _paid(month)}
        text = _("%(charged)s and %(paid)s", **values)
        yield _Mover(month.charged - month.applied, str(text))
    added = month.interest + month.penalty
    if added:
        yield _Mover(added, _("interest and penalties added %(amount)s", amount=money(added)))
    if month.fees:
        yield _Mover(month.fees, _("fees added %(amount)s", amount=money(month.fees)))
    if month.taken_back:
        amount = money(month.taken_back)
        text = _("payments that were taken back added %(amount)s", amount=amount)
        yield _Mover(month.taken_back, str(text))
    if month.adjustments > 0:
        amount = money(month.adjustments)
        yield _Mover(month.adjustments, _("corrections added %(amount)s", amount=amount))
    elif month.adjustments < 0:
        amount = money(-month.adjustments)
        yield _Mover(month.adjustments, _("corrections took off %(amount)s", amount=amount))


def _charged(month: ExplainedMonth, orders: Mapping[str, Order]) -> str:
    if not month.charged:
        return str(_("nothing was charged"))
    amount = money(month.charged)
    days = _billing_days(month, orders)
    if not days:
        return str(_("%(amount)s was charged", amount=amount))
    weekday = context().agency.billing.weekday
    if len(days) == 1:
        name = words.WEEKDAY[weekday]
        return str(_("1 %(weekday)s was charged (%(amount)s)", weekday=name, amount=amount))
    values = {"weekdays": words.WEEKDAYS[weekday], "amount": amount}
    return str(_("%(count)s %(weekdays)s were charged (%(amount)s)", count=len(days), **values))


def _billing_days(month: ExplainedMonth, orders: Mapping[str, Order]) -> set[date]:
    """The days charged, if all that was charged fell due weekly on the billing weekday."""
    weekday = context().agency.billing.weekday
    charges = [
        it.entry
        for it in month.lines
        if it.entry.kind is LineKind.CHARGE and together(it.entry.category) in ORDERED
    ]
    for entry in charges:
        order = orders.get(entry.order_id or "")
        if entry.on.weekday() != weekday or (order and order.frequency is not Frequency.WEEKLY):
            return set()
    return {entry.on for entry in charges}


def _paid(month: ExplainedMonth) -> str:
    applied = [it.entry for it in month.lines if it.entry.kind is LineKind.PAYMENT]
    if not applied:
        return str(_("no payment lowered it"))
    count = len({entry.payment_id for entry in applied})
    return str(
        ngettext(
            "%(num)s payment lowered it by %(amount)s",
            "%(num)s payments lowered it by %(amount)s",
            count,
            amount=money(-sum((entry.amount for entry in applied), ZERO)),
        )
    )
