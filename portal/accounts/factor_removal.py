"""Every second factor is removed with the help of two of the staff: after a day's wait (RCV-2).

Whoever still has the account is told at once at the address on file and by letter, and cancels by
the mailed link or by signing in. Afterwards nobody gets in with the old password: a new one is
chosen by a mailed link, with the hint in between. The staff never see or set any of it.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, Select, select, update
from sqlalchemy.orm import Session

from portal.accounts import known_devices, mail
from portal.accounts.end_factors import end_every_factor
from portal.accounts.find_account import email_of
from portal.accounts.match_person import add_letter
from portal.accounts.models import Account
from portal.accounts.recovery_models import FactorRemoval
from portal.accounts.reset_password import mail_link
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link
from portal.web.sessions import end_sessions

WAIT = timedelta(hours=24)
LINK_LIFE = timedelta(hours=24)


def begin(
    session: Session,
    context: Context,
    account: Account,
    now: datetime,
    *,
    asked_by: str,
    approved_by: str,
) -> FactorRemoval:
    """Begin the wait. The owner is told by mail, with a link that cancels, and by letter."""
    cancel_open(session, account, now)
    row = FactorRemoval(
        id=uuid.uuid4().hex,
        account_id=account.id,
        asked_by=asked_by,
        approved_by=approved_by,
        approved_at=now,
        due_at=now + WAIT,
    )
    session.add(row)
    session.flush()
    link = links.issue(session, Purpose.CANCEL_REMOVAL, row.id, row.id, now)
    to = email_of(context.sealer, account)
    mail.send(session, context, "factor_removal_asked", to, account.language, now, link)
    if account.participant_id is not None:
        add_letter(session, account.participant_id, "recovery_asked", now)
    record_event(session, "account:factors:removal-asked", now=now, actor_id=approved_by,
                 subject=("account", account.id),
                 detail={"removal": row.id, "asked_by": asked_by})  # fmt: skip
    return row


def waiting_until(session: Session, account: Account) -> datetime | None:
    """When the removal that is under way is due; None where there is none."""
    chosen = _open().where(FactorRemoval.account_id == account.id)
    row = session.scalars(chosen).first()
    return row.due_at if row else None


def cancel_open(session: Session, account: Account, now: datetime) -> bool:
    """End what is under way for an account: its owner signed in, or said that it was not them."""
    result = session.execute(
        update(FactorRemoval)
        .where(
            FactorRemoval.account_id == account.id,
            FactorRemoval.cancelled_at.is_(None),
            FactorRemoval.done_at.is_(None),
        )
        .values(cancelled_at=now)
    )
    if cast("CursorResult[object]", result).rowcount == 0:
        return False
    record_event(session, "account:factors:removal-cancelled", now=now,
                 subject=("account", account.id))  # fmt: skip
    return True


def find_cancel_link(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Account] | None:
    """The live link that cancels and its account; changes nothing (LNK-4)."""
    link = links.find(session, context.keyring, Purpose.CANCEL_REMOVAL, token, now, LINK_LIFE)
    row = session.get(FactorRemoval, link.owner_id, populate_existing=True) if link else None
    if link is None or row is None or row.cancelled_at is not None or row.done_at is not None:
        return None
    account = session.get(Account, row.account_id)
    return (link, account) if account is not None else None


def cancel(session: Session, link: Link, account: Account, now: datetime) -> bool:
    """Cancel by the mailed link; false when another was faster (LNK-2)."""
    return links.spend(session, link, now) and cancel_open(session, account, now)


def do_due(context: Context, now: datetime) -> None:
    """Remove what has waited its day; called by the worker."""
    with context.database.transaction() as session:
        for row in session.scalars(_open().where(FactorRemoval.due_at <= now)).all():
            _do(session, context, row, now)


def _open() -> Select[FactorRemoval]:
    return select(FactorRemoval).where(
        FactorRemoval.cancelled_at.is_(None), FactorRemoval.done_at.is_(None)
    )


def _do(session: Session, context: Context, row: FactorRemoval, now: datetime) -> None:
    undone = update(FactorRemoval).where(
        FactorRemoval.id == row.id,
        FactorRemoval.cancelled_at.is_(None),
        FactorRemoval.done_at.is_(None),
    )
    result = session.execute(undone.values(done_at=now))
    account = session.get(Account, row.account_id)
    if cast("CursorResult[object]", result).rowcount != 1 or account is None:
        return
    if not account.is_active:
        return
    end_every_factor(session, account, now)
    account.must_change_password_at = now
    session.flush()
    links.end_all(session, account.id, now)
    end_sessions(session, account.id, now)
    known_devices.forget(session, account.id)
    mail.tell(session, context, "factors_removed", account, now)
    mail_link(session, context, account, now)
    record_event(session, "account:factors:removed", now=now,
                 subject=("account", account.id), detail={"removal": row.id})  # fmt: skip
