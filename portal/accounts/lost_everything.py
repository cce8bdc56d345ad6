"""Every factor and code is lost: a newly mailed PIN, a day's wait, then a link by mail (RCV-2).

Neither the mailbox nor the facts nor the letter alone suffice: the PIN comes to the address on
record, the link to the account's own address, and the hint is asked in between. Whoever still has
the account is told at once, at every address on file, and cancels by the mailed link or by signing
in.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.change_password import set_password
from portal.accounts.end_factors import end_every_factor
from portal.accounts.find_account import SPENT_PIN, email_of, find_by_participant
from portal.accounts.match_person import RECOVERY_PIN, match_pin, pin_is_spent
from portal.accounts.models import Account
from portal.accounts.recovery_models import Recovery
from portal.accounts.reset_password import needs_hint
from portal.accounts.waiting_step import LINK_LIFE, WAIT, WaitingStep
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link
from portal.security.passwords import passwords
from portal.web.edge import Edges


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
    STEP.cancel_open(session, account, now)
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
    STEP.tell(session, context, row, account, now)
    record_event(session, "account:recovery:asked", now=now,
                 subject=("account", account.id), detail={"recovery": row.id})  # fmt: skip


def _owner_of(session: Session, context: Context, person: str, pin: str) -> Account | None:
    account = find_by_participant(session, person)
    if account is None or not account.is_active or pin_is_spent(session, context, person, pin):
        return None
    return account


def _send(
    session: Session, context: Context, row: Recovery, account: Account, now: datetime
) -> None:
    """Mail the link that opens. The row waits on, so that signing in still ends it."""
    row.sent_at = now
    if not account.is_active:
        return
    link = links.issue(session, Purpose.RECOVER, account.id, _state(account, row), now)
    to = email_of(context.sealer, account)
    mail.send(session, context, "lost_everything_link", to, account.language, now, link)


STEP = WaitingStep(
    Recovery,
    stop_link=Purpose.CANCEL_RECOVERY,
    asked_mail="lost_everything_asked",
    check_mail="lost_everything_check",
    letter="recovery_asked",
    stopped_event="account:recovery:cancelled",
    question=_l("Somebody asked us for a new way to sign in. Press the button if it was not you."),
    stopped=_l(
        "Your account is as it was. The PIN that was used no longer works. Somebody may be reading "
        "your letters."
    ),
    do=_send,
    only=(Recovery.sent_at.is_(None),),
    ends=Purpose.RECOVER,
)


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
