"""The cell phone, or the answer that there is none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.find_account import PHONE
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context


def change_phone(
    session: Session, context: Context, account: Account, phone: str | None, now: datetime
) -> None:
    """Note the phone (E.164), or None for "not available"; a changed answer is told by mail."""
    was_answered = account.answered_phone
    account.phone = None if phone is None else context.sealer.seal(phone, PHONE, account.id)
    account.no_phone = phone is None
    session.flush()
    if was_answered:
        mail.tell(session, context, "phone_changed", account, now)
    record_event(session, "account:phone:changed", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
