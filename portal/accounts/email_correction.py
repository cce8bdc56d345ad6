"""The e-mail address of a parent who lost the mailbox is corrected: after a day's wait (RCV-2).

Two of the staff let it begin, on proof. Whoever still has the account is told at once at every
address on file and by letter, and stops it by the mailed link, by signing in, or by a new password.
It is done only if the new address was confirmed by its own link and the day is over. Password, hint
and second factor stay as they are: the staff neither see nor set any of them.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Delete, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts import known_devices, mail, waiting_step
from portal.accounts.contact import email_key
from portal.accounts.find_account import EMAIL, email_of, find_by_email
from portal.accounts.models import Account
from portal.accounts.recovery_models import EmailCorrection
from portal.accounts.waiting_step import WAIT, WaitingStep
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link
from portal.web.sessions import end_sessions

UNAPPROVED_KEPT = timedelta(days=8)
"""How long an address that nobody approved is kept; asking a second person ends after 7 days."""
ADDRESS = "email_corrections.email"
"""The place that the new address is sealed for."""


def propose(
    session: Session, context: Context, account: Account, email: str, proof: str, by: str,
    now: datetime,
) -> EmailCorrection:  # fmt: skip
    """Keep the new address until a second person decides. Nobody is told, nothing is mailed."""
    row_id = uuid.uuid4().hex
    row = EmailCorrection(
        id=row_id,
        account_id=account.id,
        email=context.sealer.seal(email, ADDRESS, row_id),
        proof=proof,
        asked_by=by,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    return row


def address_of(context: Context, row: EmailCorrection) -> str | None:
    """The new address; None when the correction is over."""
    return None if row.email is None else context.sealer.open(row.email, ADDRESS, row.id)


def drop(session: Session, row_id: str) -> None:
    """Forget what was proposed: the second person said no, or it was taken back."""
    session.execute(
        delete(EmailCorrection).where(
            EmailCorrection.id == row_id, EmailCorrection.approved_at.is_(None)
        )
    )


def begin(
    session: Session,
    context: Context,
    row: EmailCorrection,
    account: Account,
    now: datetime,
    *,
    approved_by: str,
) -> bool:
    """Begin the wait. False where the address is an account's by now."""
    new = address_of(context, row)
    if new is None or find_by_email(session, context.keyring, new) is not None:
        return False
    STEP.cancel_open(session, account, now)
    row.approved_by, row.approved_at, row.due_at = approved_by, now, now + WAIT
    session.flush()
    STEP.tell(session, context, row, account, now, but=new)
    yes = links.issue(session, Purpose.CONFIRM_CORRECTION, row.id, _state(context, row, account),
                      now)  # fmt: skip
    mail.send(session, context, "email_correction_confirm", new, account.language, now, yes)
    record_event(session, "account:email:correction-asked", now=now, actor_id=approved_by,
                 subject=("account", account.id),
                 detail={"correction": row.id, "asked_by": row.asked_by,
                         "proof": row.proof})  # fmt: skip
    return True


def find_confirm_link(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Account] | None:
    """The live link of the new address and its account; changes nothing (LNK-3, LNK-4)."""
    found = STEP.find_link(session, context, Purpose.CONFIRM_CORRECTION, token, now)
    if found is None or not found[2].is_active:
        return None
    link, row, account = found
    return (link, account) if links.rests_on(link, _state(context, row, account)) else None


def confirm(session: Session, link: Link, account: Account, now: datetime) -> bool:
    """Note that the new address is read by who asked; false when it was used or stopped (LNK-2)."""
    if not links.spend(session, link, now):
        return False
    if not STEP.change(session, link.owner_id, confirmed_at=now):
        return False
    record_event(session, "account:email:correction-confirmed", now=now,
                 subject=("account", account.id), detail={"correction": link.owner_id})  # fmt: skip
    return True


def unapproved(now: datetime) -> Delete:
    """What ends addresses that nobody decided on; the worker's sweep runs it."""
    return delete(EmailCorrection).where(
        EmailCorrection.approved_at.is_(None), EmailCorrection.asked_at < now - UNAPPROVED_KEPT
    )


def _do(
    session: Session, context: Context, row: EmailCorrection, account: Account, now: datetime
) -> None:
    """Make the new address the account's own; where it cannot be, end it."""
    new, old = address_of(context, row), email_of(context.sealer, account)
    was_changed = new is not None and _change(session, context, row, account, new, now)
    row.email = None
    if new is None or not was_changed:
        row.cancelled_at = now
        record_event(session, "account:email:correction-lapsed", now=now,
                     subject=("account", account.id), detail={"correction": row.id})  # fmt: skip
        return
    row.done_at = now
    session.flush()
    links.end_all(session, account.id, now)
    end_sessions(session, account.id, now)
    known_devices.forget(session, account.id)
    waiting_step.cancel_all(session, account, now)  # other ways back in rest on the old address
    for address in (old, new):
        mail.warn(session, context, "email_changed", account, address, now)
    record_event(session, "account:email:corrected", now=now,
                 subject=("account", account.id), detail={"correction": row.id})  # fmt: skip


def _change(
    session: Session,
    context: Context,
    row: EmailCorrection,
    account: Account,
    new: str,
    now: datetime,
) -> bool:
    if row.confirmed_at is None or not _is_as_it_was(row, account):
        return False
    if find_by_email(session, context.keyring, new) is not None:
        return False
    try:
        with session.begin_nested():
            account.email = context.sealer.seal(new, EMAIL, account.id)
            account.email_lookup = context.keyring.lookup("email", email_key(new))
            account.email_confirmed_at, account.new_email = now, None
    except IntegrityError:  # somebody registered with the address at this very moment
        session.refresh(account)
        return False
    return True


def _is_as_it_was(row: EmailCorrection, account: Account) -> bool:
    """Whether nobody chose a new password since: who did reads the old mailbox."""
    changed, begun = account.password_changed_at, row.approved_at
    return account.is_active and (changed is None or begun is None or changed <= begun)


def _state(context: Context, row: EmailCorrection, account: Account) -> str:
    own = email_key(email_of(context.sealer, account))
    return "|".join((row.id, account.password_hash, own))


STEP = WaitingStep(
    EmailCorrection,
    stop_link=Purpose.CANCEL_CORRECTION,
    asked_mail="email_correction_asked",
    check_mail="email_correction_check",
    letter="email_correction_asked",
    stopped_event="account:email:correction-cancelled",
    question=_l(
        "Somebody asked our office to use another e-mail address for your account. Press the "
        "button if it was not you."
    ),
    stopped=_l(
        "Your e-mail address is as it was. Somebody who knows a lot about you may have been at our "
        "office."
    ),
    do=_do,
    empties={"email": None},
)
