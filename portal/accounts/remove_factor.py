"""What removing a second factor has in common, whichever it is (PKY-3).

Removing one, or putting another in its place, often means that a device was lost or somebody else
had it. So every other session ends, and every other device is forgotten: what was begun with the
factor ends with it (SES-2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import known_devices, mail
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
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


@dataclass(frozen=True)
class Removable:
    """A kind of second factor of which an account has one at most."""

    name: str
    """In the trail; with underscores, of its mail."""
    made_at: Callable[[Account], datetime | None]
    """Since when it is in use; None where there is none."""
    is_spare: Callable[[Account], bool]
    """Whether another second factor would be left."""
    end: Callable[[Session, Account, datetime], object]
    """From then on it opens nothing."""


def another_is_left(account: Account) -> bool:
    """For a factor that is counted among the account's."""
    return account.factors > 1


def remove(
    session: Session,
    context: Context,
    account: Account,
    kind: Removable,
    now: datetime,
    here: ThisBrowser = NO_BROWSER,
) -> None:
    """Remove the factor of this kind, if there is one. Every other session ends.

    The owner is told by mail. :raises LastFactor: when the account has no other second factor.
    """
    hold_factors(session, account)
    if kind.made_at(account) is None:
        return
    if not kind.is_spare(account):
        raise LastFactor
    stop(session, context, account, kind, now)
    end_elsewhere(session, account, here, now)


def remove_recent(
    session: Session,
    context: Context,
    account: Account,
    kind: Removable,
    since: datetime,
    now: datetime,
) -> None:
    """Remove one taken into use after ``since``, but never the last second factor: for changes
    that somebody else made."""
    hold_factors(session, account)
    made = kind.made_at(account)
    if made is not None and made > since and kind.is_spare(account):
        remove(session, context, account, kind, now)


def stop(
    session: Session, context: Context, account: Account, kind: Removable, now: datetime
) -> None:
    """End the factor and tell of it, whatever is left; the sessions go on."""
    kind.end(session, account, now)
    session.flush()
    session.expire(account, ["totp", "card"])
    mail.tell(session, context, f"{kind.name.replace('-', '_')}_removed", account, now)
    record_event(session, f"account:{kind.name}:removed", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip


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
