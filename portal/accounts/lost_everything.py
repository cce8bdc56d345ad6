"""Every factor and code is lost: a newly mailed PIN, a day's wait, then a link by mail (RCV-2).

Neither the mailbox nor the facts nor the letter alone suffice: the PIN comes to the address on
record, the link to the account's own address, and the hint is asked in between. Whoever still has
the account is told at once, at every address on file, and cancels by the mailed link or by signing
in.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.change_password import set_password
from portal.accounts.end_factors import end_every_factor
from portal.accounts.find_account import SPENT_PIN, email_of, find_by_participant
from portal.accounts.mailboxes import recorded_elsewhere
from portal.accounts.match_person import RECOVERY_PIN, add_letter, match_pin, pin_is_spent
from portal.accounts.models import Account
from portal.accounts.recovery_models import Recovery
from portal.accounts.reset_password import needs_hint
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link
from portal.security.passwords import passwords
from portal.web.edge import Edges

WAIT = timedelta(hours=24)
LINK_LIFE = timedelta(hours=24)
"""Of both links, the one that cancels and the one that opens (63B 4.2.1.2: 24 hours by e-mail)."""


def ask(session: Session, context: Context, ssn: str, pin: str, born: date, now: datetime) -> None:
    """Begin the wait for whoever matches. Tells the caller nothing (REG-2).

    Tries are counted with those of registering (REG-6). :param ssn: nine digits.
    """
    account = match_pin(
        session,
        context,
        ssn,
        pin,
        born,
        now,
        lambda person: _owner_of(session, context, person, pin),
    )
    if account is None:
        return
    cancel_open(session, account, now)
    row_id = uuid.uuid4().hex
    row = Recovery(
        id=row_id,
        account_id=account.id,
        pin=context.sealer.seal(pin, RECOVERY_PIN, row_id),
        asked_at=now,
        due_at=now + WAIT,
    )
    session.add(row)
    session.flush()
    link = links.issue(session, Purpose.CANCEL_RECOVERY, row.id, row.id, now)
    to = email_of(context.sealer, account)
    mail.send(session, context, "lost_everything_asked", to, account.language, now, link)
    other = recorded_elsewhere(session, context, account)
    if other is not None:
        mail.send(session, context, "lost_everything_check", other, account.language, now, link)
    add_letter(session, account.participant_id or "", "recovery_asked", now)
    record_event(session, "account:recovery:asked", now=now,
                 subject=("account", account.id), detail={"recovery": row.id})  # fmt: skip


def _owner_of(session: Session, context: Context, person: str, pin: str) -> Account | None:
    account = find_by_participant(session, person)
    if account is None or not account.is_active or pin_is_spent(session, context, person, pin):
        return None
    return account


def cancel_open(session: Session, account: Account, now: datetime) -> bool:
    """End what is under way for an account: its owner signed in, or asked anew."""
    waiting = update(Recovery).where(
        Recovery.account_id == account.id,
        Recovery.cancelled_at.is_(None),
        Recovery.done_at.is_(None),
    )
    result = session.execute(waiting.values(cancelled_at=now))
    if cast("CursorResult[object]", result).rowcount == 0:
        return False
    links.end_all(session, account.id, now, Purpose.RECOVER)
    record_event(session, "account:recovery:cancelled", now=now,
                 subject=("account", account.id))  # fmt: skip
    return True


def find_cancel_link(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Account] | None:
    """The live link that cancels and its account; changes nothing (LNK-4)."""
    link = links.find(session, context.keyring, Purpose.CANCEL_RECOVERY, token, now, LINK_LIFE)
    row = session.get(Recovery, link.owner_id, populate_existing=True) if link else None
    if link is None or row is None or row.cancelled_at is not None or row.done_at is not None:
        return None
    account = session.get(Account, row.account_id)
    return (link, account) if account is not None else None


def cancel(session: Session, link: Link, account: Account, now: datetime) -> bool:
    """Cancel by the mailed link; false when another was faster (LNK-2)."""
    return links.spend(session, link, now) and cancel_open(session, account, now)


def send_due(context: Context, now: datetime) -> None:
    """Mail the links whose day of waiting is over; called by the worker."""
    with context.database.transaction() as session:
        due = select(Recovery).where(
            Recovery.due_at <= now,
            Recovery.sent_at.is_(None),
            Recovery.cancelled_at.is_(None),
        )
        for row in session.scalars(due).all():
            _send(session, context, row, now)


def _send(session: Session, context: Context, row: Recovery, now: datetime) -> None:
    unsent = update(Recovery).where(
        Recovery.id == row.id, Recovery.sent_at.is_(None), Recovery.cancelled_at.is_(None)
    )
    result = session.execute(unsent.values(sent_at=now))
    account = session.get(Account, row.account_id)
    if cast("CursorResult[object]", result).rowcount != 1 or account is None:
        return
    if not account.is_active:
        return
    link = links.issue(session, Purpose.RECOVER, account.id, _state(account, row), now)
    to = email_of(context.sealer, account)
    mail.send(session, context, "lost_everything_link", to, account.language, now, link)


def find(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Account] | None:
    """The live link that opens and its account; changes nothing (LNK-3, LNK-4)."""
    link = links.find(session, context.keyring, Purpose.RECOVER, token, now, LINK_LIFE)
    account = session.get(Account, link.owner_id) if link else None
    if link is None or account is None or not account.is_active:
        return None
    row = _sent(session, account)
    return (link, account) if row and links.rests_on(link, _state(account, row)) else None


def recover(
    edges: Edges, context: Context, token: str, password: str, now: datetime
) -> Account | None:
    """A new password; every old factor, code, session and device is dead (RCV-2).

    None when another was faster, or the hint was not answered (LNK-2, HNT-1).
    """
    password_hash = passwords(context.settings).hash(password)
    session = edges.act()
    found = find(session, context, token, now)
    row = _sent(session, found[1]) if found is not None else None
    if found is None or row is None or needs_hint(context, *found):
        return None
    link, account = found
    if not links.spend(session, link, now):
        return None
    end_every_factor(session, account, now)
    pin = context.sealer.open(row.pin, RECOVERY_PIN, row.id)
    account.spent_pin = context.sealer.seal(pin, SPENT_PIN, account.id)
    row.done_at = now
    session.flush()
    set_password(session, context, account, password_hash, now)
    record_event(session, "account:recovery:done", now=now, actor_id=account.id,
                 subject=("account", account.id), detail={"recovery": row.id})  # fmt: skip
    return account


def _sent(session: Session, account: Account) -> Recovery | None:
    return session.scalar(
        select(Recovery)
        .where(
            Recovery.account_id == account.id,
            Recovery.sent_at.is_not(None),
            Recovery.cancelled_at.is_(None),
            Recovery.done_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )


def _state(account: Account, row: Recovery) -> str:
    moments = (account.last_signed_in_at, account.disabled_at, account.closed_at)
    written = (moment.isoformat() if moment else "" for moment in moments)
    return "|".join((row.id, account.password_hash, account.email_lookup, *written))
