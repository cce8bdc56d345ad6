"""The notice that a case will be closed: 60 days before, with the reason and a way to answer
(45 CFR 303.11(c))."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.context import Context
from portal.notices.letter_models import PortalLetter
from portal.notices.letter_words import words_in
from portal.rules.closing import TOLD_TO_BOTH, ClosingReason
from portal.rules.deadlines import closing_on
from portal.rules.vocabulary import CaseStatus, NoticeKind
from portal.staff.case_parents import CaseParent, CaseToWrite, case_to_write
from portal.staff.letter_texts import dated, paragraphs_of
from portal.staff.letters import AlreadySent, NewLetter, send_letter

KIND = NoticeKind.CASE_CLOSURE.value
MOST_WORDS = 2000

REASONS: Mapping[ClosingReason, str] = {
    ClosingReason.NO_ORDER_LITTLE_OWED: _l(
        "There is no court order for support to be paid now, and little past-due support is left "
        "or it cannot be collected."
    ),
    ClosingReason.PAYOR_DIED: _l("The other parent has died, and nothing more can be collected."),
    ClosingReason.PAYOR_NOT_FOUND: _l("We have looked for the other parent and cannot find them."),
    ClosingReason.PAYOR_CANNOT_PAY: _l(
        "The other parent cannot pay support, and we do not expect this to change."
    ),
    ClosingReason.PARENTAGE_CANNOT_BE_SHOWN: _l("It cannot be shown who the child’s parent is."),
    ClosingReason.LOST_CONTACT: _l("We have tried to reach you and could not."),
    ClosingReason.NO_COOPERATION: _l(
        "We need your help for the next step on the case, and we did not get it."
    ),
    ClosingReason.DIRECT_PAYMENTS: _l(
        "You accept support payments straight from the other parent, and not through us."
    ),
}
"""As the one who gets the agency's services is told."""


class NotToClose(Exception):
    """The case is closed already, or nobody of it can be written to."""


def closing_letters(
    context: Context, case: CaseToWrite, reason: ClosingReason, words: str, today: date
) -> tuple[NewLetter, ...]:
    """One letter to each parent. The reason, and the worker's words, go to the one who gets the
    agency's services; the payor is told a reason only where it is about neither parent.

    Raises `NotToClose`.
    """
    if case.status is CaseStatus.CLOSED or not case.parents:
        raise NotToClose(case.case_id)
    return tuple(_letter(context, case, parent, reason, words, today) for parent in case.parents)


def send_closing_notice(
    session: Session,
    context: Context,
    worker: Account,
    case_id: str,
    reason: ClosingReason,
    words: str,
    now: datetime,
) -> list[PortalLetter]:
    """Send the letters, dated today.

    Raises `LookupError`, `portal.staff.parties.PartyToCase` (ACL-4), `NotToClose`, `AlreadySent`
    while an earlier notice of the case still runs, and `portal.notices.letter_pdf.CannotPrint`.
    """
    today = context.agency.local_date(now)
    case = case_to_write(session, worker, case_id, today)
    if still_running(session, case_id, today):
        raise AlreadySent(case_id)
    letters = closing_letters(context, case, reason, words, today)
    return [send_letter(session, context, worker, letter, now) for letter in letters]


def still_running(session: Session, case_id: str, today: date) -> bool:
    """Whether a closing notice of the case was sent whose last day has not passed."""
    chosen = select(PortalLetter.id).where(
        PortalLetter.kind == KIND,
        PortalLetter.case_id == case_id,
        PortalLetter.respond_by >= today,
    )
    return session.scalars(chosen.limit(1)).first() is not None


def _letter(
    context: Context,
    case: CaseToWrite,
    parent: CaseParent,
    reason: ClosingReason,
    words: str,
    today: date,
) -> NewLetter:
    last_day = closing_on(today, context.agency)
    with words_in(parent.language):
        paragraphs = _paragraphs(case, parent, reason, words, dated(last_day))
        return NewLetter.to_parent(
            parent, case.case_id, KIND, today, _("We plan to close your case"), paragraphs,
            respond_by=last_day, once=f"{case.case_id}:{today.isoformat()}",
            figures={"reason": reason.value}, rights=_rights(parent, dated(last_day)),
        )  # fmt: skip


def _paragraphs(
    case: CaseToWrite, parent: CaseParent, reason: ClosingReason, words: str, last_day: str
) -> tuple[str, ...]:
    plan = _("We plan to close case %(case)s after %(day)s.", case=case.case_id, day=last_day)
    after = _("If we hear nothing by then that helps us go on, we can close the case.")
    told: tuple[str, ...] = ()
    if parent.gets_services:
        told = (_("The reason: %(reason)s", reason=REASONS[reason]), *paragraphs_of(words))
    elif reason in TOLD_TO_BOTH:
        told = (_("The reason: %(reason)s", reason=REASONS[reason]),)
    return (plan, *told, after)


def _rights(parent: CaseParent, last_day: str) -> tuple[str, ...]:
    answer = _(
        "You can answer this letter until %(day)s: sign in, open the letter and choose “Answer "
        "this letter”, or call us. If what you tell us helps us go on, the case stays open.",
        day=last_day,
    )
    order = _(
        "Closing the case does not end a court order. What the order says must still be paid."
    )
    again = _("After the case was closed you can apply for our services again at any time.")
    return (answer, order, again) if parent.gets_services else (answer, order)
