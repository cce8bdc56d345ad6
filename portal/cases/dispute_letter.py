"""From a letter about a payment into the review of that payment."""

from __future__ import annotations

from flask_login import current_user
from sqlalchemy.orm import Session

from portal.cases.page import disagree_address
from portal.ledger.case_view import open_case
from portal.ledger.payments import payment_token, payments_shown
from portal.notices.portal_letters import OwnLetter, figures_of
from portal.rules.vocabulary import NoticeKind
from portal.web import clock, context


def overpayment_dispute(session: Session, letter: OwnLetter) -> str | None:
    """Where the payment of an overpayment notice is disputed, filled in already.

    None for other letters, for one that was sent before letters named their payment, and where the
    payment is no more among what its addressee sees.
    """
    if letter.kind != NoticeKind.OVERPAYMENT.value or letter.case_id is None:
        return None
    services = context()
    payment_id = figures_of(session, services.sealer, letter).get("payment_id")
    view = open_case(session, current_user.participant_id, letter.case_id,
                     agency=services.agency, today=clock.today())  # fmt: skip
    if view is None:
        return None
    for payment in payments_shown(session, view):
        if payment.payment_id == payment_id:
            return disagree_address(view, payment_token(services.opaque, view, payment))
    return None
