"""A person's own passkeys: listed, renamed, removed (PKY-3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.add_passkey import NAME
from portal.accounts.models import Account
from portal.accounts.passkey_models import Passkey
from portal.accounts.remove_factor import (
    NO_BROWSER,
    ThisBrowser,
    end_elsewhere,
    hold_factors,
)
from portal.accounts.remove_factor import LastFactor as LastFactor
from portal.audit.trail import record_event
from portal.context import Context


def find_own(session: Session, account: Account, passkey_id: str) -> Passkey | None:
    """The account's own passkey of that id, or None."""
    passkey = session.get(Passkey, passkey_id)
    return passkey if passkey is not None and passkey.account_id == account.id else None


def name_of(context: Context, passkey: Passkey) -> str:
    """What its owner calls it."""
    return context.sealer.open(passkey.name, NAME, passkey.id)


def rename_passkey(
    session: Session, context: Context, account: Account, passkey: Passkey, name: str, now: datetime
) -> None:
    """Give a passkey another name."""
    passkey.name = context.sealer.seal(name, NAME, passkey.id)
    session.flush()
    record_event(session, "account:passkey:renamed", now=now, actor_id=account.id,
                 subject=("account", account.id), detail={"passkey": passkey.id})  # fmt: skip


def remove_passkey(
    session: Session,
    context: Context,
    account: Account,
    passkey: Passkey,
    now: datetime,
    here: ThisBrowser = NO_BROWSER,
) -> None:
    """Remove a passkey; from this moment it opens nothing. The owner is told by mail.

    Every other session ends: it may have been begun with this passkey, on a device now lost.

    :raises LastFactor: when the account has no other second factor, or needs a passkey.
    """
    hold_factors(session, account)
    if not account.has_passkey_to_spare:
        raise LastFactor
    _remove(session, context, account, passkey, now)
    end_elsewhere(session, account, here, now)


def remove_recent(
    session: Session, context: Context, account: Account, since: datetime, now: datetime
) -> None:
    """Remove passkeys added after ``since``, newest first, but never the last second factor.

    For changes that somebody else made: a mailed link may take a stranger's passkey away, but by
    itself it must not strip an account of what protects it.
    """
    hold_factors(session, account)
    for passkey in reversed(account.passkeys):
        if passkey.created_at > since and account.factors > 1:
            _remove(session, context, account, passkey, now)


def _remove(
    session: Session, context: Context, account: Account, passkey: Passkey, now: datetime
) -> None:
    passkey_id = passkey.id
    session.execute(delete(Passkey).where(Passkey.id == passkey_id))
    session.expunge(passkey)
    session.expire(account, ["passkeys"])
    mail.tell(session, context, "passkey_removed", account, now)
    record_event(session, "account:passkey:removed", now=now, actor_id=account.id,
                 subject=("account", account.id), detail={"passkey": passkey_id})  # fmt: skip
