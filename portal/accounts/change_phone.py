"""The cell phone, or the answer that there is none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.find_account import PHONE, phone_of
from portal.accounts.models import Account
from portal.accounts.remove_factor import NO_BROWSER, ThisBrowser, hold_factors, remove
from portal.accounts.text_factor import TEXTS
from portal.audit.trail import record_event
from portal.context import Context


def change_phone(
    session: Session,
    context: Context,
    account: Account,
    phone: str | None,
    now: datetime,
    here: ThisBrowser = NO_BROWSER,
) -> None:
    """Note the phone (E.164), or None for "not available"; a changed answer is told by mail.

    Another number gets no codes by text message before it is confirmed; where the old one did,
    every other session ends.

    :raises LastFactor: when codes sent to the phone were the account's only second factor.
    """
    hold_factors(session, account)
    if account.gets_texts and phone != phone_of(context.sealer, account):
        remove(session, context, account, TEXTS, now, here)
    was_answered = account.answered_phone
    account.phone = None if phone is None else context.sealer.seal(phone, PHONE, account.id)
    account.no_phone = phone is None
    session.flush()
    if was_answered:
        mail.tell(session, context, "phone_changed", account, now)
    record_event(session, "account:phone:changed", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
