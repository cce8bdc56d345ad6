"""Removing the authenticator app where another second factor is left (OTP-4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts.models import Account, TotpFactor
from portal.accounts.remove_factor import Removable, another_is_left


def _end(session: Session, account: Account, now: datetime) -> None:
    """An app that was offered and never used goes too."""
    mine = TotpFactor.account_id == account.id
    session.execute(delete(TotpFactor).where(mine, TotpFactor.confirmed_at.is_(None)))
    in_use = update(TotpFactor).where(mine, TotpFactor.ended_at.is_(None))
    session.execute(in_use.values(ended_at=now))


AUTHENTICATOR = Removable(
    "authenticator",
    made_at=lambda account: account.totp.confirmed_at if account.totp is not None else None,
    is_spare=another_is_left,
    end=_end,
)
