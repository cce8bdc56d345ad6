"""The e-mail address of a parent who lost the mailbox is corrected: after a day's wait (RCV-2).

Two of the staff let it begin, on proof. Whoever still has the account is told at once at every
address on file and by letter, and stops it by the mailed link, by signing in, or by a new password.
It is done only if the new address was confirmed by its own link and the day is over. Password, hint
and second factor stay as they are: the staff neither see nor set any of them.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, Update, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts import factor_removal, known_devices, lost_everything, mail
from portal.accounts.contact import email_key
from portal.accounts.find_account import EMAIL, email_of, find_by_email
from portal.accounts.mailboxes import recorded_elsewhere
from portal.accounts.match_person import add_letter
from portal.accounts.models import Account
from portal.accounts.recovery_models import EmailCorrection
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link
from portal.web.sessions import end_sessions

WAIT = timedelta(hours=24)
LINK_LIFE = WAIT
"""Of both links, the one that confirms and the one that stops (63B 4.2.1.2: 24 hours by e-mail)."""
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
    cancel_open(session, account, now)
    row.approved_by, row.approved_at, row.due_at = approved_by, now, now + WAIT
    session.flush()
    _tell_all(session, context, row, account, new, now)
    record_event(session, "account:email:correction-asked", now=now, actor_id=approved_by,
                 subject=("account", account.id),
                 detail={"correction": row.id, "asked_by": row.asked_by,
                         "proof": row.proof})  # fmt: skip
    return True


def _tell_all(
    session: Session,
    context: Context,
    row: EmailCorrection,
    account: Account,
    new: str,
    now: datetime,
) -> None:
    """The addresses on file get one link that stops it, the new one the link that confirms it."""
    stop = links.issue(session, Purpose.CANCEL_CORRECTION, row.id, row.id, now)
    own = email_of(context.sealer, account)
    mail.send(session, context, "email_correction_asked", own, account.language, now, stop)
    other = recorded_elsewhere(session, context, account)
    if other is not None and email_key(other) != email_key(new):
        mail.send(session, context, "email_correction_check", other, account.language, now, stop)
    if account.participant_id is not None:
        add_letter(session, account.participant_id, "email_correction_asked", now)
    state = _state(context, row, account)
    yes = links.issue(session, Purpose.CONFIRM_CORRECTION, row.id, state, now)
    mail.send(session, context, "email_correction_confirm", new, account.language, now, yes)


def waiting_until(session: Session, account: Account) -> datetime | None:
    """When the correction that is under way is due; None where there is none."""
    chosen = select(EmailCorrection.due_at).where(
        EmailCorrection.account_id == account.id,
        EmailCorrection.approved_at.is_not(None),
        EmailCorrection.cancelled_at.is_(None),
        EmailCorrection.done_at.is_(None),
    )
    return session.scalars(chosen).first()


def cancel_open(session: Session, account: Account, now: datetime) -> bool:
    """End what is under way for an account: its owner signed in, or said that it was not them."""
    stopped = _if_open(EmailCorrection.account_id == account.id)
    if _count(session, stopped.values(cancelled_at=now, email=None)) == 0:
        return False
    record_event(session, "account:email:correction-cancelled", now=now,
                 subject=("account", account.id))  # fmt: skip
    return True


def find_cancel_link(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Account] | None:
    """The live link that stops it and its account; changes nothing (LNK-4)."""
    found = _find(session, context, Purpose.CANCEL_CORRECTION, token, now)
    return (found[0], found[2]) if found is not None else None


def cancel(session: Session, link: Link, account: Account, now: datetime) -> bool:
    """Stop it by the mailed link; false when another was faster (LNK-2)."""
    return links.spend(session, link, now) and cancel_open(session, account, now)


def find_confirm_link(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Account] | None:
    """The live link of the new address and its account; changes nothing (LNK-3, LNK-4)."""
    found = _find(session, context, Purpose.CONFIRM_CORRECTION, token, now)
    if found is None or not found[2].is_active:
        return None
    link, row, account = found
    return (link, account) if links.rests_on(link, _state(context, row, account)) else None


def confirm(session: Session, link: Link, account: Account, now: datetime) -> bool:
    """Note that the new address is read by who asked; false when it was used or stopped (LNK-2)."""
    if not links.spend(session, link, now):
        return False
    if _count(session, _if_open(EmailCorrection.id == link.owner_id).values(confirmed_at=now)) == 0:
        return False
    record_event(session, "account:email:correction-confirmed", now=now,
                 subject=("account", account.id), detail={"correction": link.owner_id})  # fmt: skip
    return True


def do_due(context: Context, now: datetime) -> None:
    """Do what has waited its day and was confirmed, end what was not; called by the worker."""
    with context.database.transaction() as session:
        due = select(EmailCorrection).where(
            EmailCorrection.due_at <= now,
            EmailCorrection.cancelled_at.is_(None),
            EmailCorrection.done_at.is_(None),
        )
        for row in session.scalars(due).all():
            account = session.get_one(Account, row.account_id)
            if not _do(session, context, row, account, now):
                _lapse(session, row, account, now)
        old = EmailCorrection.asked_at < now - UNAPPROVED_KEPT
        session.execute(delete(EmailCorrection).where(EmailCorrection.approved_at.is_(None), old))


def _do(
    session: Session, context: Context, row: EmailCorrection, account: Account, now: datetime
) -> bool:
    """Make the new address the account's own. False where it cannot be."""
    new, old = address_of(context, row), email_of(context.sealer, account)
    if new is None or row.confirmed_at is None or not _is_as_it_was(row, account):
        return False
    if find_by_email(session, context.keyring, new) is not None:
        return False
    try:
        with session.begin_nested():
            if _count(session, _if_open(EmailCorrection.id == row.id).values(done_at=now)) != 1:
                return True  # stopped at this very moment
            account.email = context.sealer.seal(new, EMAIL, account.id)
            account.email_lookup = context.keyring.lookup("email", email_key(new))
            account.email_confirmed_at, account.new_email = now, None
    except IntegrityError:  # somebody registered with the address at this very moment
        session.refresh(account)
        return False
    session.refresh(row)
    row.email = None
    _end_what_was(session, account, now)
    for address in (old, new):
        mail.warn(session, context, "email_changed", account, address, now)
    record_event(session, "account:email:corrected", now=now,
                 subject=("account", account.id), detail={"correction": row.id})  # fmt: skip
    return True


def _end_what_was(session: Session, account: Account, now: datetime) -> None:
    """Sessions, devices, mailed links, and other ways back in that rest on the old address."""
    links.end_all(session, account.id, now)
    end_sessions(session, account.id, now)
    known_devices.forget(session, account.id)
    lost_everything.cancel_open(session, account, now)
    factor_removal.cancel_open(session, account, now)


def _is_as_it_was(row: EmailCorrection, account: Account) -> bool:
    """Whether nobody chose a new password since: who did reads the old mailbox."""
    changed, begun = account.password_changed_at, row.approved_at
    return account.is_active and (changed is None or begun is None or changed <= begun)


def _lapse(session: Session, row: EmailCorrection, account: Account, now: datetime) -> None:
    ended = _if_open(EmailCorrection.id == row.id).values(cancelled_at=now, email=None)
    if _count(session, ended):
        record_event(session, "account:email:correction-lapsed", now=now,
                     subject=("account", account.id), detail={"correction": row.id})  # fmt: skip


def _find(
    session: Session, context: Context, purpose: Purpose, token: str, now: datetime
) -> tuple[Link, EmailCorrection, Account] | None:
    link = links.find(session, context.keyring, purpose, token, now, LINK_LIFE)
    row = session.get(EmailCorrection, link.owner_id, populate_existing=True) if link else None
    if link is None or row is None or row.cancelled_at is not None or row.done_at is not None:
        return None
    return link, row, session.get_one(Account, row.account_id)


def _if_open(*which: object) -> Update:
    still = update(EmailCorrection).where(
        EmailCorrection.approved_at.is_not(None),
        EmailCorrection.cancelled_at.is_(None),
        EmailCorrection.done_at.is_(None),
    )
    return still.where(*which)  # type: ignore[arg-type]


def _count(session: Session, statement: Update) -> int:
    return cast("CursorResult[object]", session.execute(statement)).rowcount


def _state(context: Context, row: EmailCorrection, account: Account) -> str:
    own = email_key(email_of(context.sealer, account))
    return "|".join((row.id, account.password_hash, own))
