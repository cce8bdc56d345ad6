"""What removing a second factor has in common, whichever it is (PKY-3).

Removing one, or putting another in its place, often means that a device was lost or somebody else
had it. So every other session ends, and every other device is forgotten: what was begun with the
factor ends with it (SES-2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import known_devices
from portal.accounts.models import Account
from portal.web.sessions import end_sessions


class LastFactor(Exception):
    """It is the account's only second factor: without it nobody could sign in."""


@dataclass(frozen=True)
class ThisBrowser:
    """The browser in which its owner makes a change: it alone stays signed in and known."""

    session_id: str | None = None
    device_token: str | None = None


NO_BROWSER = ThisBrowser()
"""None of the account's sessions goes on."""


def hold_factors(session: Session, account: Account) -> None:
    """Read the account's factors anew, and keep others from removing one until the commit.

    Two removals at one moment must not take the last two: the second waits for the first here.
    """
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    session.expire(account, ["passkeys", "totp", "card", "phone", "texts_since"])


def end_elsewhere(session: Session, account: Account, here: ThisBrowser, now: datetime) -> None:
    """End every session but the one here, and forget every other device."""
    end_sessions(session, account.id, now, except_id=here.session_id)
    known_devices.forget(session, account.id, except_token=here.device_token)
