"""Why a part goes to the state, told to whoever may know: assignment in plain words.

To whom something is owed is told to both parents. Why support of a family is owed to the state says
that the family had public assistance: that has no row in the disclosure table for the payor, and is
not told to a payor, neither of a balance nor of a payment. (42 USC 657(a).)
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from flask_babel import gettext as _

from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment
from portal.rules.agency import Agency
from portal.rules.money import ZERO
from portal.rules.vocabulary import NOT_APPLIED, AllocationCategory, Payee

_SUPPORT = frozenset({AllocationCategory.CURRENT_SUPPORT, AllocationCategory.ARREARS})


def why_owed_to_state(view: CaseView) -> str:
    """Beside support that is owed to the state."""
    if view.is_payor:
        return str(_("This part is owed to the state, not to the family."))
    return f"{_assigned()} {_('When it is paid, the state keeps it.')}"


def why_sent_to_state(agency: Agency, payment: Payment) -> str:
    """Beside what of a payment went to the state; empty where the viewer is not told of any.

    It is put down to public assistance only where nothing but support can have gone there: a fee,
    a penalty or medical support may go to the state of any family.
    """
    counted = (it for it in payment.sendings if it.payee is Payee.STATE and not it.is_reissue)
    sent = min(sum((it.amount or ZERO for it in counted), ZERO), payment.part)
    if not sent:
        return ""
    own = {AllocationCategory(it.value) for it in agency.interest.owed_to_state}
    charged = _sum(payment, own)
    fee = _sum(payment, {AllocationCategory.FEE})
    found = [str(_("Penalties go to the state, not to the family."))] if charged else []
    if fee and sent >= charged + fee:
        found.append(str(_("Fees go to the state, not to the family.")))
    if sent > _sum(payment, set(payment.applied) - _SUPPORT - NOT_APPLIED):
        found.append(_assigned())
    return " ".join(found)


def _sum(payment: Payment, categories: Collection[AllocationCategory]) -> Decimal:
    return sum((payment.applied.get(it, ZERO) for it in categories), ZERO)


def _assigned() -> str:
    text = _("Support for a time in which the family had public assistance is owed to the state.")
    return str(text)
