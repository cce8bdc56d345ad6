"""The first half of signing in: e-mail address and password.

Unknown, disabled and wrong are one answer, cost one hash and are counted alike (ENU-1, PWD-5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.contact import email_key
from portal.accounts.find_account import find_by_email
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import throttles
from portal.security.passwords import passwords


@dataclass(frozen=True)
class Answer:
    """``account`` when the password was right; ``closed_until`` when there were too many tries."""

    account: Account | None = None
    closed_until: datetime | None = None


def check_password(
    session: Session, context: Context, email: str, password: str, now: datetime
) -> Answer:
    """Compare a password with that of the address; a hash of an older cost is renewed (PWD-4)."""
    gate = throttles.look(session, context.keyring, throttles.PASSWORD, email_key(email), now)
    closed_until = gate.closed_until(now)
    if closed_until is not None:
        record_event(session, "account:sign-in:password", now=now, outcome="refused",
                     detail={"throttled": 1})  # fmt: skip
        return Answer(closed_until=closed_until)
    account = find_by_email(session, context.keyring, email)
    usable = account if account is not None and account.is_active else None
    check = passwords(context.settings).check(usable.password_hash if usable else None, password)
    if usable is None or not check.is_right:
        gate.count(now)
        record_event(session, "account:sign-in:password", now=now, outcome="refused",
                     subject=("account", account.id) if account else None)  # fmt: skip
        return Answer()
    gate.forget(now)
    if check.better_hash is not None:
        usable.password_hash = check.better_hash
    record_event(session, "account:sign-in:password", now=now, actor_id=usable.id,
                 subject=("account", usable.id))  # fmt: skip
    return Answer(usable)


def own_password_is_right(
    session: Session, context: Context, account: Account, password: str, now: datetime
) -> bool:
    """Whether a person signed in knows the password; counted together with signing in."""
    key = email_key(context.sealer.open(account.email, "accounts.email", account.id))
    gate = throttles.look(session, context.keyring, throttles.PASSWORD, key, now)
    is_open = gate.closed_until(now) is None
    if is_open and passwords(context.settings).check(account.password_hash, password).is_right:
        gate.forget(now)
        return True
    if is_open:
        gate.count(now)
    record_event(session, "account:sign-in:password", now=now, actor_id=account.id,
                 subject=("account", account.id), outcome="refused",
                 detail={"throttled": int(not is_open)})  # fmt: skip
    return False
