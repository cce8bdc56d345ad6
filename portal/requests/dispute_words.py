"""What is disputed in words, and which papers help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.ledger.words import CATEGORIES
from portal.requests.disputes import Dispute, Subject
from portal.requests.grounds import Ground
from portal.web.filters import day, money, month_and_year

_STUBS = _l("pay stubs that show what was taken from your pay")
_BANK = _l("bank statements, or both sides of the check")
_ORDER = _l("the court order that changed or ended it")

EVIDENCE: Mapping[Ground, tuple[str, ...]] = {
    Ground.PAYMENTS_NOT_CREDITED: (_STUBS, _BANK, _l("receipts")),
    Ground.AMOUNT_WRONG: (_l("letters from us that show another amount"), _ORDER),
    Ground.ORDER_CHANGED_OR_ENDED: (_ORDER,),
    Ground.CHILD_LIVES_WITH_ME: (_l("papers of the school or doctor, or the custody order"),),
    Ground.PAID_DIRECTLY: (_BANK, _l("receipts that the other parent signed")),
    Ground.WRONG_PERSON: (_l("a picture of your license or passport"),),
    Ground.PAYMENTS_NOT_RECEIVED: (_l("bank or card statements of the weeks after it was sent"),),
    Ground.SENT_ON_WRONGLY: (_BANK, _l("letters from us about this payment")),
    Ground.OTHER: (),
}
"""What shows that the parent is right, ground by ground."""


def papers_for(grounds: Iterable[Ground]) -> list[tuple[Ground, tuple[str, ...]]]:
    """The papers that help, by ground; one that says nothing of papers is left out."""
    return [(ground, EVIDENCE[ground]) for ground in grounds if EVIDENCE[ground]]


def dispute_name(dispute: Dispute, *, to_staff: bool = False) -> str:
    """What it is, in a few words: ``Interest of September 30, 2026: $21.05``.

    :param to_staff: speaks of the parent in the third person.
    """
    named = CATEGORIES[dispute.category] if dispute.category else ""
    on, amount = day(dispute.on), money(dispute.amount)
    match dispute.subject:
        case Subject.MONTH:
            month = month_and_year(dispute.on)
            return str(
                _("%(month)s: what is owed changed by %(amount)s", month=month, amount=amount)
            )
        case Subject.PAYMENT:
            words = _("Payment of %(day)s: %(amount)s", day=on, amount=amount)
            return _with_what_arrived(str(words), dispute, to_staff=to_staff)
        case Subject.APPLIED:
            words = _("Payment of %(day)s, applied to %(named)s: %(amount)s",
                      day=on, named=named, amount=amount)  # fmt: skip
            return str(words)
        case Subject.TAKEN_BACK:
            return str(_("Payment taken back on %(day)s: %(amount)s", day=on, amount=amount))
        case Subject.ADJUSTMENT:
            words = _("Correction of %(day)s, %(named)s: %(amount)s",
                      day=on, named=named, amount=amount)  # fmt: skip
            return str(words)
        case Subject.CARRIED_OVER:
            return str(
                _("%(named)s owed on %(day)s: %(amount)s", named=named, day=on, amount=amount)
            )
        case Subject.CHARGE:
            return str(_("%(named)s of %(day)s: %(amount)s", named=named, day=on, amount=amount))


def _with_what_arrived(words: str, dispute: Dispute, *, to_staff: bool) -> str:
    """With what of a payment was sent to the parent, where that is not all of it, and what came."""
    if dispute.sent is not None and dispute.sent != dispute.amount:
        values = {"payment": words, "sent": money(dispute.sent)}
        words = (
            _("%(payment)s, %(sent)s sent to the parent", **values)
            if to_staff
            else _("%(payment)s, %(sent)s sent to you", **values)
        )
    if dispute.got is not None:
        words = _("%(payment)s, of which %(got)s arrived", payment=words, got=money(dispute.got))
    return str(words)
