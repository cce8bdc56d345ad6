"""Money that came in and was not sent on yet: what is usual, when it is late, and where to ask."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.cases.page import disagree_address
from portal.ledger.case_view import CaseView
from portal.ledger.payments import payment_token
from portal.ledger.unsent import Unsent
from portal.web.edge import context
from portal.web.filters import day, money


@dataclass(frozen=True, slots=True)
class Waiting:
    """What to say of it; `ask_href` begins a question about the payment, where it is late."""

    amount: Decimal
    lead: str
    text: str
    is_late: bool
    is_ones_own: bool
    """Whether it should come to the reader, not only go on."""
    ask_href: str


def waiting_in_words(view: CaseView, found: Unsent | None) -> Waiting | None:
    """The sentences; None where nothing waits, or where that is not sure."""
    if found is None or not found.is_sure:
        return None
    values = {"amount": money(found.amount), "day": day(found.payment.on)}
    if found.amount == found.payment.part:
        lead = _("%(amount)s came in on %(day)s.", **values)
    elif not found.is_ones_own:
        lead = _("Of the payment of %(day)s, %(amount)s was not sent on yet.", **values)
    else:
        lead = _("Of the payment of %(day)s, %(amount)s was not sent to you yet.", **values)
    token = payment_token(context().opaque, view, found.payment)
    return Waiting(
        found.amount,
        lead,
        _text(view, found),
        found.is_late,
        found.is_ones_own,
        disagree_address(view, token),
    )


def _text(view: CaseView, found: Unsent) -> str:
    days = view.agency.distribution.disbursement_days
    usual = ngettext(
        "We usually send money on within %(num)s business day after we receive it.",
        "We usually send money on within %(num)s business days after we receive it.",
        days,
    )
    if not found.is_late:
        return str(usual)
    if not found.is_ones_own:
        return f"{_('This money is late. We do not see that it was sent on.')} {usual}"
    return f"{_('This money is late. We do not see that it was sent to you.')} {usual}"
