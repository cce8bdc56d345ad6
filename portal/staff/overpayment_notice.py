"""The notice that a parent was paid too much, and how it is taken back from later payments
(G.L. c.119A s.10A)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.context import Context
from portal.notices.letter_models import PortalLetter
from portal.notices.letter_words import words_in
from portal.record.models import Disbursement
from portal.rules.deadlines import respond_by
from portal.rules.vocabulary import NoticeKind, Payee
from portal.staff.case_parents import CaseParent, case_to_write
from portal.staff.letter_texts import dated, dollars, paragraphs_of
from portal.staff.letters import LetterTable, NewLetter, send_letter

KIND = NoticeKind.OVERPAYMENT.value
MOST_PAYMENTS = 60
MOST_WORDS = 2000


class OverpaidBecause(StrEnum):
    """Why it was too much, in codes that tell nothing of the other parent."""

    SENT_TWICE = "sent_twice"
    NOT_FOR_YOU = "not_for_you"
    MORE_THAN_DUE = "more_than_due"
    CORRECTED = "corrected"


REASONS: Mapping[OverpaidBecause, str] = {
    OverpaidBecause.SENT_TWICE: _l("The same payment was sent to you twice."),
    OverpaidBecause.NOT_FOR_YOU: _l("The payment was not for your case."),
    OverpaidBecause.MORE_THAN_DUE: _l("It was more than was due to you."),
    OverpaidBecause.CORRECTED: _l("Our records were corrected after it was sent."),
}


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A payment that was sent to a parent of the case; dollars, agency-local day."""

    payment_id: str
    disbursement_id: str
    participant_id: str
    on: date
    amount: Decimal

    @property
    def key(self) -> str:
        """The payment as a form names it."""
        return f"{self.payment_id}.{self.disbursement_id}"


@dataclass(frozen=True, slots=True)
class Overpayment:
    """What a worker says of it: dollars, and from when it is taken back (agency-local)."""

    payment: PaidOut
    because: OverpaidBecause
    amount: Decimal
    each: Decimal
    """How much is taken from each later payment."""
    since: date
    words: str


class TooMuch(ValueError):
    """More is said to be overpaid than was paid, or to be taken back at once than is owed."""


def payments_out(session: Session, case_id: str) -> list[PaidOut]:
    """The newest payments to parents of the case, as they were sent."""
    chosen = (
        select(Disbursement)
        .where(Disbursement.case_id == case_id, Disbursement.payee == Payee.FAMILY)
        .where(Disbursement.payee_id.is_not(None))
        .order_by(Disbursement.issued_on.desc(), Disbursement.disbursement_id)
        .limit(MOST_PAYMENTS)
    )
    return [
        PaidOut(it.payment_id, it.disbursement_id, it.payee_id or "", it.issued_on, it.amount)
        for it in session.scalars(chosen)
    ]


def overpayment_letter(
    context: Context, case_id: str, parent: CaseParent, what: Overpayment, today: date
) -> NewLetter:
    """The letter to the one who was paid, and to nobody else.

    Raises `TooMuch`.
    """
    if what.amount > what.payment.amount or what.each > what.amount:
        raise TooMuch
    last_day = respond_by(today, None, context.agency)
    with words_in(parent.language):
        return NewLetter.to_parent(
            parent, case_id, KIND, today, _("You were paid too much"), _paragraphs(context, what),
            respond_by=last_day, once=f"{case_id}:{what.payment.key}:{what.amount}",
            figures=_figures(what), table=_table(context, what), rights=_rights(dated(last_day)),
        )  # fmt: skip


def send_overpayment_notice(
    session: Session,
    context: Context,
    worker: Account,
    case_id: str,
    what: Overpayment,
    now: datetime,
) -> PortalLetter:
    """Send it, dated today.

    Raises `LookupError` where the one who was paid is not on the case (any more),
    `portal.staff.parties.PartyToCase` (ACL-4), `TooMuch`, `portal.staff.letters.AlreadySent`, and
    `portal.notices.letter_pdf.CannotPrint`.
    """
    today = context.agency.local_date(now)
    case = case_to_write(session, worker, case_id, today)
    parent = who_was_paid(case.parents, what.payment)
    letter = overpayment_letter(context, case_id, parent, what, today)
    return send_letter(session, context, worker, letter, now)


def who_was_paid(parents: tuple[CaseParent, ...], payment: PaidOut) -> CaseParent:
    """The parent a payment went to. Raises `LookupError`."""
    for parent in parents:
        if parent.participant_id == payment.participant_id and parent.gets_services:
            return parent
    raise LookupError(payment.key)


def _paragraphs(context: Context, what: Overpayment) -> tuple[str, ...]:
    agency = context.agency
    return (
        _("On %(day)s we sent you %(amount)s. Of it, %(over)s was too much.",
          day=dated(what.payment.on), amount=dollars(what.payment.amount, agency),
          over=dollars(what.amount, agency)),
        _("The reason: %(reason)s", reason=REASONS[what.because]),
        *paragraphs_of(what.words),
        _("We take it back from payments to come: %(each)s from each payment from %(day)s on, "
          "until it is paid back. You do not have to send us money.",
          each=dollars(what.each, agency), day=dated(what.since)),
    )  # fmt: skip


def _figures(what: Overpayment) -> dict[str, str]:
    return {
        "reason": what.because.value,
        "payment_id": what.payment.payment_id,
        "disbursement_id": what.payment.disbursement_id,
        "amount": f"{what.amount:.2f}",
        "each": f"{what.each:.2f}",
        "since": what.since.isoformat(),
    }


def _table(context: Context, what: Overpayment) -> LetterTable:
    agency = context.agency
    rows = (
        (_("Sent to you on %(day)s", day=dated(what.payment.on)), what.payment.amount),
        (_("Of it, too much"), what.amount),
        (_("Taken back from each payment, from %(day)s on", day=dated(what.since)), what.each),
    )
    return LetterTable(
        caption=_("The figures"),
        head=(_("What"), _("Amount")),
        rows=tuple((label, dollars(amount, agency)) for label, amount in rows),
        money=(1,),
    )


def _rights(last_day: str) -> tuple[str, ...]:
    return (
        _("If you think this is wrong, ask for an administrative review: sign in, open this letter "
          "and choose “I don’t agree with this letter”. Tell us by %(day)s, so that we look at it "
          "before much is taken back.",
          day=last_day),
        _("If you need to pay back less at a time, call us."),
    )  # fmt: skip
