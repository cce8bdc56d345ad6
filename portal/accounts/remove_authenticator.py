"""Removing the authenticator app where another second factor is left (OTP-4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.models import Account, TotpFactor
from portal.accounts.remove_factor import (
    NO_BROWSER,
    LastFactor,
    ThisBrowser,
    end_elsewhere,
    hold_factors,
)
from portal.audit.trail import record_event
from portal.context import Context


def remove_authenticator(
    session: Session,
    context: Context,
    account: Account,
    now: datetime,
    here: ThisBrowser = NO_BROWSER,
) -> None:
    """Remove the app; its codes open nothing from this moment. The owner is told by mail.

    Every other session ends. An app that was offered and never used goes too.

    :raises LastFactor: when the account has no other second factor.
    """
    hold_factors(session, account)
    factor = account.totp
    if factor is None:
        return
    if account.factors <= 1:
        raise LastFactor
    mine = TotpFactor.account_id == account.id
    session.execute(delete(TotpFactor).where(mine, TotpFactor.confirmed_at.is_(None)))
    session.execute(update(TotpFactor).where(TotpFactor.id == factor.id).values(ended_at=now))
    session.expire(account, ["totp"])
    end_elsewhere(session, account, here, now)
    mail.tell(session, context, "authenticator_removed", account, now)
    record_event(session, "account:authenticator:removed", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip


def remove_recent(
    session: Session, context: Context, account: Account, since: datetime, now: datetime
) -> None:
    """Remove an app set up after ``since``, but never the last second factor: for changes that
    somebody else made."""
    hold_factors(session, account)
    made = account.totp.confirmed_at if account.totp is not None else None
    if made is not None and made > since and account.factors > 1:
        remove_authenticator(session, context, account, now)
