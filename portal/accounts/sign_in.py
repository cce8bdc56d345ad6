"""The first half of signing in: e-mail address and password.

Unknown, disabled and wrong are one answer, cost one hash and are counted alike (ENU-1, PWD-5).
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


@dataclass(frozen=True)
class Answer:
    """``account`` when the password was right; ``closed_until`` when there were too many tries;
    ``needs_new_password`` when it was right but opens nothing any more."""

    account: Account | None = None
    needs_new_password: bool = False
    closed_until: datetime | None = None


def check_password(
    session: Session,
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
    account = find_by_email(session, context.keyring, email)
    device = known_devices.find(session, account.id if account else None, device_token, now)
    subject = f"device:{device.id}" if device is not None else email_key(email)
    gate = throttles.look(session, context.keyring, throttles.PASSWORD, subject, now)
    closed_until = gate.closed_until(now)
    if closed_until is not None:
        record_event(session, "account:sign-in:password", now=now, outcome="refused",
                     detail={"throttled": 1})  # fmt: skip
        return Answer(closed_until=closed_until)
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
    is_due = usable.must_change_password_at is not None
    record_event(session, "account:sign-in:password", now=now, actor_id=usable.id,
                 subject=("account", usable.id),
                 outcome="refused" if is_due else "success")  # fmt: skip
    return Answer(needs_new_password=True) if is_due else Answer(usable)


def own_password_is_right(
    session: Session, context: Context, account: Account, password: str, now: datetime
) -> bool:
    """Whether a person signed in knows the password.

    Counted apart from signing in: nobody else can use these tries up (PWD-5).
    """
    subject = f"signed-in:{account.id}"
    gate = throttles.look(session, context.keyring, throttles.PASSWORD, subject, now)
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
