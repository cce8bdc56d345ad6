"""A payment's way as a timeline: from received to cashed, as far as the viewer may follow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.cases import words
from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment, PaymentStatus
from portal.rules.disclosing import Sending
from portal.rules.vocabulary import AllocationCategory, DisbursementStatus, Method, Payee
from portal.web.edge import context

_LOST = frozenset(
    {
        DisbursementStatus.RETURNED,
        DisbursementStatus.STOPPED,
        DisbursementStatus.STALE,
        DisbursementStatus.VOID,
    }
)


WEEKENDS = 4
"""Days that a weekend and a holiday add at most to a few business days."""


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
    events = [*_arrival(payment), *_onward(payment)]
    if payment.reversed_on is not None:
        text = _("The bank or the sender took this payment back. It no longer counts.")
        events.append(Event(_("Taken back"), payment.reversed_on, None, text, "problem"))
    elif not payment.sendings and view.ended_on is None:
        events.extend(_waiting(view, payment))
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
        yield Event(_("We applied it to this case"), payment.received_on, applied)
    if held and payment.reversed_on is None:
        yield Event(_("We hold a part for now"), None, held, _held_text(), "now")


def _onward(payment: Payment) -> Iterator[Event]:
    for sent in payment.sendings:
        if not sent.to_oneself and sent.amount is None:
            yield Event(_("We sent money on"), sent.issued_on)
        elif not sent.to_oneself:
            yield Event(str(words.PAYEES[sent.payee or Payee.STATE]), sent.issued_on, sent.amount)
        else:
            yield from _to_oneself(sent)


def _to_oneself(sent: Sending) -> Iterator[Event]:
    payee = Payee.PAYOR if sent.payee is Payee.PAYOR else Payee.FAMILY
    method = str(words.METHODS[sent.method or Method.INTERNAL])
    title = str(words.PAYEES[payee])
    if sent.is_reissue:
        title = _("Sent to you again")
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


def _waiting(view: CaseView, payment: Payment) -> Iterator[Event]:
    title = _("Sent on") if view.is_payor else _("Sent to you")
    days = context().agency.distribution.disbursement_days
    is_late = view.today - payment.on > timedelta(days=days + WEEKENDS)
    if payment.status is PaymentStatus.HELD or (is_late and view.is_payor):
        yield Event(title, state="coming")
    elif not is_late:
        text = ngettext(
            "We send money on within %(num)s business day after we receive it.",
            "We send money on within %(num)s business days after we receive it.",
            days,
        )
        yield Event(title, text=text, state="coming")


def _held_text() -> str:
    return str(_("We have not applied this part yet. It may be subject to adjustment."))
