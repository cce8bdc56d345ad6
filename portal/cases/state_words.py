"""Why a part goes to the state, told to whoever may know: assignment in plain words.

To whom something is owed is told to both parents. Why support of a family is owed to the state says
that the family had public assistance: that has no row in the disclosure table for the payor, and is
not told to a payor, neither of a balance nor of a payment. (42 USC 657(a).)
"""

from __future__ import annotations

from flask_babel import gettext as _

from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment
from portal.rules.agency import Agency
from portal.rules.money import ZERO
from portal.rules.vocabulary import NOT_APPLIED, AllocationCategory, Payee


def why_owed_to_state(view: CaseView) -> str:
    """Beside support that is owed to the state."""
    if view.is_payor:
        return str(_("This part is owed to the state, not to the family."))
    return f"{_assigned()} {_('When it is paid, the state keeps it.')}"


def why_sent_to_state(agency: Agency, payment: Payment) -> str:
    """Beside what of a payment went to the state; empty where the viewer is not told of any."""
    sent = sum((it.amount or ZERO for it in payment.sendings if it.payee is Payee.STATE), ZERO)
    if not sent:
        return ""
    own = {AllocationCategory(it.value) for it in agency.interest.owed_to_state}
    counted = {it: amount for it, amount in payment.applied.items() if it not in NOT_APPLIED}
    charged = sum((amount for it, amount in counted.items() if it in own), ZERO)
    found = [str(_("Penalties go to the state, not to the family."))] if charged else []
    if sent > charged:
        found.append(_assigned())
    return " ".join(found)


def _assigned() -> str:
    text = _("Support for a time in which the family had public assistance is owed to the state.")
    return str(text)
