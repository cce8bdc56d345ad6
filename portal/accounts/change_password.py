"""Setting another password: all other sessions and all open links end, and a mail says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts import known_devices, mail
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.web.sessions import end_sessions


def set_password(
    session: Session,
    context: Context,
    account: Account,
    password_hash: str,
    now: datetime,
    *,
    keep_session: str | None = None,
    keep_device: str | None = None,
) -> None:
    """Set a password that the rules allow (LNK-6).

    :param password_hash: made by the caller before it began to write: hashing is slow on purpose.
    :param keep_session: the id of the one session that goes on; none does after a reset.
    :param keep_device: the token of the one device that is still known afterwards.
    """
    account.password_hash = password_hash
    account.password_changed_at = now
    account.must_change_password_at = None
    links.end_all(session, account.id, now)
    end_sessions(session, account.id, now, except_id=keep_session)
    known_devices.forget(session, account.id, except_token=keep_device)
    session.flush()
    mail.tell(session, context, "password_changed", account, now)
    record_event(session, "account:password:changed", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
