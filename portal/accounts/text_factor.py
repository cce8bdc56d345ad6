"""The cell phone as a second factor: confirmed by a code, offered where the agency sends texts.

Staff never get codes by text message. Sends are counted for the account and for the phone (RAT-1),
guesses together with those of all other codes (OTP-3).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.check_code import Answer
from portal.accounts.find_account import PHONE, phone_of
from portal.accounts.models import PARENT, Account
from portal.accounts.remove_factor import (
    NO_BROWSER,
    Removable,
    ThisBrowser,
    another_is_left,
    end_elsewhere,
)
from portal.audit.trail import record_event
from portal.context import Context
from portal.notices.outbox import enqueue
from portal.security import text_codes, throttles
from portal.security.models import TextCode
from portal.security.text_codes import TextPurpose


def is_offered(context: Context, account: Account) -> bool:
    """Whether the agency sends texts, and to accounts of this kind."""
    return bool(context.settings.text_url) and account.kind == PARENT


def can_send(context: Context, account: Account) -> bool:
    """Whether a code can go to the account's confirmed phone now."""
    return is_offered(context, account) and account.gets_texts


def last_digits(context: Context, account: Account) -> str:
    """The last two digits of the confirmed phone: enough to know it, too little to call it."""
    return (phone_of(context.sealer, account) or "")[-2:]


def send_code(
    session: Session, context: Context, account: Account, now: datetime
) -> datetime | None:
    """Send a code to the confirmed phone; returns until when nothing is sent, None when it was."""
    phone = phone_of(context.sealer, account)
    if phone is None or not can_send(context, account):
        return None
    return _send(session, context, account, TextPurpose.SIGN_IN, phone, now)


def ask_phone(
    session: Session, context: Context, account: Account, phone: str, now: datetime
) -> datetime | None:
    """Send a code to a phone (E.164) that is to be confirmed; returns as ``send_code`` does."""
    if not is_offered(context, account):
        return None
    return _send(session, context, account, TextPurpose.CONFIRM_PHONE, phone, now)


def asked_phone(session: Session, context: Context, account: Account, now: datetime) -> str | None:
    """The phone that waits for its code to be typed back, while that code lives."""
    row = text_codes.newest(session, account.id, TextPurpose.CONFIRM_PHONE, now)
    return None if row is None else text_codes.phone_of_code(context.sealer, row)


def confirm_phone(
    session: Session,
    context: Context,
    account: Account,
    typed: str,
    now: datetime,
    here: ThisBrowser = NO_BROWSER,
) -> Answer:
    """Take the phone into use when ``typed`` is the code sent to it. It becomes the account's.

    Where it takes the place of another that got codes, every other session ends.
    """
    gate = throttles.look(session, context.keyring, throttles.CODE, account.id, now)
    closed_until = gate.closed_until(now)
    if closed_until is not None or not is_offered(context, account):
        return Answer(closed_until=closed_until)
    purpose = TextPurpose.CONFIRM_PHONE
    row = text_codes.spend(session, context.keyring, account.id, purpose, typed, now)
    if row is None:
        gate.count(now)
        return Answer()
    gate.forget(now)
    gave_codes = account.gets_texts
    if _take_into_use(session, context, account, row, now) and gave_codes:
        end_elsewhere(session, account, here, now)
    return Answer(is_right=True)


def _stop(session: Session, account: Account, now: datetime) -> None:
    account.texts_since = None
    text_codes.end_all(session, account.id, now)


TEXTS = Removable(
    "text-codes",
    made_at=lambda account: account.texts_since if account.gets_texts else None,
    is_spare=another_is_left,
    end=_stop,
)
"""Ended, the phone gets no more codes; the number stays."""


def _send(
    session: Session,
    context: Context,
    account: Account,
    purpose: TextPurpose,
    phone: str,
    now: datetime,
) -> datetime | None:
    gates = [
        throttles.look(session, context.keyring, policy, subject, now)
        for policy in (throttles.TEXT_HOUR, throttles.TEXT_DAY)
        for subject in (account.id, f"phone:{phone}")
    ]
    closed = [until for gate in gates if (until := gate.closed_until(now)) is not None]
    if closed:
        return max(closed)
    for gate in gates:
        gate.count(now)
    row = text_codes.issue(
        session, context.keyring, context.sealer, account.id, purpose, phone, now
    )
    enqueue(session, context.sealer, "text_code", recipient_email=phone,
            language=account.language, ids={"code": row.id}, now=now)  # fmt: skip
    record_event(session, "account:text-codes:sent", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
    return None


def _take_into_use(
    session: Session, context: Context, account: Account, row: TextCode, now: datetime
) -> bool:
    """Whether it is another number than before."""
    phone = text_codes.phone_of_code(context.sealer, row)
    before = phone_of(context.sealer, account)
    if phone != before:
        account.phone = context.sealer.seal(phone, PHONE, account.id)
        account.no_phone = False
        if before is not None:
            mail.tell(session, context, "phone_changed", account, now)
        record_event(session, "account:phone:changed", now=now, actor_id=account.id,
                     subject=("account", account.id))  # fmt: skip
    account.texts_since = now
    session.flush()
    mail.tell(session, context, "text_codes_added", account, now)
    record_event(session, "account:text-codes:added", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
    return phone != before


MINUTES = int(text_codes.LIFE / timedelta(minutes=1))
