"""The payments of a case as a person is given them in a copy."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from portal.cases import words
from portal.cases.phrases import status_in_words
from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment, payments_shown
from portal.rules.disclosing import Sending
from portal.web.holdings import Word

PAYMENT_LABELS = {
    "received_on": _l("Received"),
    "withheld_on": _l("Withheld"),
    "whole": _l("Whole amount"),
    "part": _l("For this case"),
    "elsewhere": _l("For your other cases"),
    "source": _l("Source"),
    "payer_name": _l("Sent by"),
    "reference": _l("Reference"),
    "applied": _l("Applied to"),
    "sent": _l("Sent on"),
    "reversed_on": _l("Taken back by the sender"),
    "payee": _l("To"),
    "method": _l("How"),
    "status_on": _l("Status since"),
    "replaces_one_of": _l("In place of the one of"),
}


def payments_of(session: Session, view: CaseView) -> list[dict[str, Any]]:
    """Four years of them, the oldest first."""
    return [_payment(view, it) for it in reversed(payments_shown(session, view))]


def _payment(view: CaseView, payment: Payment) -> dict[str, Any]:
    source = payment.copied_source
    return {
        "received_on": payment.received_on,
        "withheld_on": payment.withheld_on,
        "whole": payment.whole,
        "part": payment.part if payment.received_on else None,
        "elsewhere": [{"case": case, "amount": part} for case, part in payment.elsewhere],
        "source": Word(source.value, str(words.SOURCES[source])) if source else None,
        "payer_name": payment.payer_name,
        "reference": payment.reference,
        "applied": [
            {"category": Word(category.value, str(words.APPLIED[category])), "amount": amount}
            for category, amount in payment.applied.items()
        ],
        "sent": [_sending(it) for it in payment.sendings],
        "status": Word(payment.status.value, status_in_words(view, payment)),
        "reversed_on": payment.reversed_on,
    }


def _sending(sending: Sending) -> dict[str, Any]:
    method, status = sending.method, sending.status
    return {
        "on": sending.issued_on,
        "amount": sending.amount,
        "payee": _payee(sending),
        "method": Word(method.value, str(words.METHODS[method])) if method else None,
        "status": Word(status.value, str(words.SENDINGS[status])) if status else None,
        "status_on": sending.status_on,
        "replaces_one_of": sending.replaces.issued_on if sending.replaces else None,
    }


def _payee(sending: Sending) -> Word | None:
    if sending.to_oneself:
        return Word("you", _("you"))
    if sending.payee is None:
        return None
    return Word(sending.payee.value, str(words.PAYEES[sending.payee]))
