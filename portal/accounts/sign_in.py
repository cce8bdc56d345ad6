"""The first half of signing in: e-mail address and password.

Unknown, disabled and wrong are one answer, cost one hash and are counted alike (ENU-1, PWD-5). The
try is counted before the password is compared, and no lock is held meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts import known_devices
from portal.accounts.contact import email_key
from portal.accounts.find_account import find_by_email
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import throttles
from portal.security.passwords import passwords
from portal.web.edge import Edges


@dataclass(frozen=True)
class Answer:
    """``account`` when the password was right; ``closed_until`` when there were too many tries;
    ``needs_new_password`` when it was right but opens nothing any more."""

    account: Account | None = None
    needs_new_password: bool = False
    closed_until: datetime | None = None


@dataclass(frozen=True)
class _Try:
    """One try that was counted, or refused with ``closed_until``."""

    subject: str
    """What it was counted for."""
    closed_until: datetime | None = None
    account_id: str | None = None
    stored_hash: str | None = None


def check_password(
    edges: Edges,
    context: Context,
    email: str,
    password: str,
    now: datetime,
    device_token: str | None = None,
) -> Answer:
    """Compare a password with that of the address; a hash of an older cost is renewed (PWD-4).

    :param device_token: what the browser's device cookie holds. Tries on a device that the account
        knows are counted for that device, all others for the address: so a stranger who hammers
        the account does not keep its owner out (PWD-5).
    """
    made = edges.reserve(lambda session: _reserve(session, context, email, now, device_token))
    if made.closed_until is not None:
        return Answer(closed_until=made.closed_until)
    check = passwords(context.settings).check(made.stored_hash, password)
    session = edges.act()
    usable = _still_so(session, made) if check.is_right else None
    if usable is None:
        record_event(session, "account:sign-in:password", now=now, outcome="refused",
                     subject=_subject(made.account_id))  # fmt: skip
        return Answer()
    throttles.forget(session, context.keyring, throttles.PASSWORD, made.subject, now)
    if check.better_hash is not None:
        usable.password_hash = check.better_hash
    is_due = usable.must_change_password_at is not None
    record_event(session, "account:sign-in:password", now=now, actor_id=usable.id,
                 subject=("account", usable.id),
                 outcome="refused" if is_due else "success")  # fmt: skip
    return Answer(needs_new_password=True) if is_due else Answer(usable)


def own_password_is_right(
    edges: Edges, context: Context, account: Account, password: str, now: datetime
) -> bool:
    """Whether a person signed in knows the password.

    Counted apart from signing in: nobody else can use these tries up (PWD-5).
    """
    account_id = account.id
    made = edges.reserve(lambda session: _reserve_own(session, context, account, now))
    if made.closed_until is not None:
        return False
    check = passwords(context.settings).check(made.stored_hash, password)
    session = edges.act()
    if check.is_right and _still_so(session, made) is not None:
        throttles.forget(session, context.keyring, throttles.PASSWORD, made.subject, now)
        return True
    record_event(session, "account:sign-in:password", now=now, actor_id=account_id,
                 subject=("account", account_id), outcome="refused")  # fmt: skip
    return False


def _reserve(
    session: Session, context: Context, email: str, now: datetime, device_token: str | None
) -> _Try:
    account = find_by_email(session, context.keyring, email)
    device = known_devices.find(session, account.id if account else None, device_token, now)
    subject = f"device:{device.id}" if device is not None else email_key(email)
    gate = throttles.look(session, context.keyring, throttles.PASSWORD, subject, now)
    closed_until = gate.closed_until(now)
    if closed_until is not None:
        record_event(session, "account:sign-in:password", now=now, outcome="refused",
                     detail={"throttled": 1})  # fmt: skip
        return _Try(subject, closed_until)
    gate.count(now)
    usable = account if account is not None and account.is_active else None
    return _Try(
        subject,
        account_id=account.id if account else None,
        stored_hash=usable.password_hash if usable else None,
    )


def _reserve_own(session: Session, context: Context, account: Account, now: datetime) -> _Try:
    subject = f"signed-in:{account.id}"
    gate = throttles.look(session, context.keyring, throttles.PASSWORD, subject, now)
    closed_until = gate.closed_until(now)
    if closed_until is not None:
        record_event(session, "account:sign-in:password", now=now, actor_id=account.id,
                     subject=("account", account.id), outcome="refused",
                     detail={"throttled": 1})  # fmt: skip
        return _Try(subject, closed_until)
    gate.count(now)
    return _Try(subject, account_id=account.id, stored_hash=account.password_hash)


def _still_so(session: Session, made: _Try) -> Account | None:
    """The account, unless it was disabled or got another password while this one was compared."""
    account = session.get(Account, made.account_id) if made.account_id else None
    if account is None or not account.is_active or account.password_hash != made.stored_hash:
        return None
    return account


def _subject(account_id: str | None) -> tuple[str, str] | None:
    return ("account", account_id) if account_id is not None else None
