"""A payment's way as a timeline: from received to cashed, as far as the viewer may follow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from portal.cases import words
from portal.cases.state_words import why_sent_to_state
from portal.cases.waiting_words import Waiting, waiting_in_words
from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment, PaymentStatus
from portal.ledger.unsent import unsent
from portal.rules.disclosing import Replaced, Sending
from portal.rules.vocabulary import (
    NOT_APPLIED,
    AllocationCategory,
    Category,
    DisbursementStatus,
    Method,
    Payee,
)
from portal.web.filters import day, money

_LOST = frozenset(
    {
        DisbursementStatus.RETURNED,
        DisbursementStatus.STOPPED,
        DisbursementStatus.STALE,
        DisbursementStatus.VOID,
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """One step on the way. `state` is done, now, coming or problem."""

    title: str
    on: date | None = None
    amount: Decimal | None = None
    text: str = ""
    state: str = "done"


def trace(view: CaseView, payment: Payment) -> list[Event]:
    """The steps of a payment, in the order in which they happened."""
    events = [*_arrival(payment), *_onward(view, payment)]
    lost = [it for it in payment.sendings if it.status in _LOST and not it.was_reissued]
    if payment.reversed_on is not None:
        text = _("The bank or the sender took this payment back. It no longer counts.")
        events.append(Event(_("Taken back"), payment.reversed_on, None, text, "problem"))
    elif waiting := waiting_in_words(view, unsent(view, payment)):
        events.append(_waiting(payment, waiting))
    elif payment.status is PaymentStatus.HELD and view.ended_on is None:
        events.append(Event(_("Sent on") if view.is_payor else _("Sent to you"), state="coming"))
    if lost and payment.reversed_on is None:
        text = _("Call us if your address or your account has changed.")
        events.append(Event(_("Sent to you again"), text=text, state="coming"))
    return events


def steps_in_short(payment: Payment) -> list[tuple[str, date]]:
    """The dated steps for one line: withheld, received, sent, and what became of it."""
    steps: list[tuple[str, date | None]] = [
        (_("withheld"), payment.withheld_on),
        (_("received"), payment.received_on),
        (_("sent"), payment.sent_on),
    ]
    last = next((it for it in reversed(payment.sendings) if it.to_oneself), None)
    if last is not None and last.payee is Payee.PAYOR:
        steps.append((_("sent back"), last.issued_on))
    elif last is not None and last.status is DisbursementStatus.CASHED:
        steps.append((_("cashed"), last.status_on))
    if payment.reversed_on is not None:
        steps.append((_("taken back"), payment.reversed_on))
    return [(name, on) for name, on in steps if on is not None]


def _arrival(payment: Payment) -> Iterator[Event]:
    if payment.withheld_on is not None:
        yield Event(_("Taken from your pay"), payment.withheld_on)
    if payment.received_on is None:
        return
    amount = payment.part if payment.whole is None else payment.whole
    yield Event(_("We received it"), payment.received_on, amount)
    held = payment.applied.get(AllocationCategory.HELD)
    applied = payment.part - (held or 0) - payment.applied.get(AllocationCategory.REFUND, 0)
    if applied:
        text = _applied_text(payment)
        yield Event(_("We applied it to this case"), payment.received_on, applied, text)
    if held and payment.reversed_on is None:
        yield Event(_("We hold a part for now"), None, held, _held_text(), "now")


def _onward(view: CaseView, payment: Payment) -> Iterator[Event]:
    for sent in payment.sendings:
        if not sent.to_oneself and sent.amount is None:
            yield Event(_("We sent money on"), sent.issued_on)
        elif not sent.to_oneself:
            title = str(words.PAYEES[sent.payee or Payee.STATE])
            text = ""
            if sent.payee is Payee.AGENCY:
                text = _recovery_text()
            elif sent.payee is Payee.STATE:
                text = why_sent_to_state(view.agency, payment)
            yield Event(title, sent.issued_on, sent.amount, text)
        else:
            yield from _to_oneself(sent)


def _to_oneself(sent: Sending) -> Iterator[Event]:
    payee = Payee.PAYOR if sent.payee is Payee.PAYOR else Payee.FAMILY
    method = str(words.METHODS[sent.method or Method.INTERNAL])
    title = str(words.PAYEES[payee])
    if sent.replaces is not None:
        title, method = _("Sent to you again"), f"{method}. {_replaces_text(sent.replaces)}"
    yield Event(title, sent.issued_on, sent.amount, method)
    if sent.status is None:
        return
    text = str(words.SENDINGS[sent.status])
    if sent.status is DisbursementStatus.OUTSTANDING:
        if sent.method in (Method.DIRECT_DEPOSIT, Method.DEBIT_CARD):
            text = _("On its way to your account")
        yield Event(text, state="now")
    else:
        state = "problem" if sent.status in _LOST else "done"
        yield Event(text, sent.status_on, state=state)


def _waiting(payment: Payment, waiting: Waiting) -> Event:
    """The step that has not come yet; with its amount where a part was sent on."""
    amount = None if waiting.amount == payment.part else waiting.amount
    if not waiting.is_late:
        title = _("Sent to you") if waiting.is_ones_own else _("Sent on")
        return Event(title, None, amount, waiting.text, "coming")
    title = _("Not sent to you yet") if waiting.is_ones_own else _("Not sent on yet")
    return Event(title, None, amount, waiting.text, "problem")


def _applied_text(payment: Payment) -> str:
    """``current support $100.00, arrears $25.00``; the amounts where there are several."""
    parts = [
        (str(words.SHORT_CATEGORIES[Category(category.value)]), money(amount))
        for category, amount in payment.applied.items()
        if category not in NOT_APPLIED
    ]
    if len(parts) == 1:
        return parts[0][0]
    return ", ".join(f"{name} {amount}" for name, amount in parts)


def _replaces_text(old: Replaced) -> str:
    values = {"day": day(old.issued_on), "fate": words.FATES[old.status]}
    if old.method is Method.CHECK:
        return str(_("This one replaces the check of %(day)s that %(fate)s.", **values))
    return str(_("This one replaces the money of %(day)s that %(fate)s.", **values))


def _recovery_text() -> str:
    text = _("You were sent too much before. We keep a part of payments until that is paid back.")
    return str(text)


def _held_text() -> str:
    return str(_("We have not applied this part yet. It may be subject to adjustment."))
