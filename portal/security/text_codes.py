"""Codes by text message: six digits, for ten minutes, each used once, the newest only (REG-3).

No code is stored, not even hashed: it is derived with a secret key from the row's random id (128
bits of the system's generator), as mailed links are. So the worker can make it when it sends it.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.database import rows_changed
from portal.security.keys import Keyring
from portal.security.models import TextCode
from portal.security.sealing import Sealer

LIFE = timedelta(minutes=10)
KEPT = timedelta(days=1)
PHONE = "text_codes.phone"
DIGITS = 6


class TextPurpose(StrEnum):
    """What a code is for; one of the first kind is nothing at the second."""

    CONFIRM_PHONE = "confirm-phone"
    SIGN_IN = "sign-in"


def issue(
    session: Session,
    keyring: Keyring,
    sealer: Sealer,
    account_id: str,
    purpose: TextPurpose,
    phone: str,
    now: datetime,
) -> TextCode:
    """A new code for a phone (E.164); all older ones of the account end with it."""
    end_all(session, account_id, now)
    code_id = secrets.token_hex(16)
    row = TextCode(
        id=code_id,
        account_id=account_id,
        purpose=purpose.value,
        key_id=keyring.newest,
        phone=sealer.seal(phone, PHONE, code_id),
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def code_of(keyring: Keyring, row: TextCode) -> str:
    """The six digits. :raises KeyError: where the key it was made with is gone."""
    key = keyring.subkey("text-codes", row.key_id)
    number = int.from_bytes(hmac.digest(key, row.id.encode(), "sha256"))
    return f"{number % 10**DIGITS:0{DIGITS}}"


def phone_of_code(sealer: Sealer, row: TextCode) -> str:
    """The phone that the code goes to, E.164."""
    return sealer.open(row.phone, PHONE, row.id)


def is_live(row: TextCode, now: datetime) -> bool:
    """Whether the code may still be used: ten minutes, and until a newer one is made."""
    return row.ended_at is None and now < row.created_at + LIFE


def newest(
    session: Session, account_id: str, purpose: TextPurpose, now: datetime
) -> TextCode | None:
    """The live code of an account for a purpose, if any."""
    chosen = (
        select(TextCode)
        .where(TextCode.account_id == account_id, TextCode.purpose == purpose.value)
        .where(TextCode.ended_at.is_(None))
        .order_by(TextCode.created_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    row = session.scalar(chosen)
    return row if row is not None and is_live(row, now) else None


def spend(
    session: Session,
    keyring: Keyring,
    account_id: str,
    purpose: TextPurpose,
    typed: str,
    now: datetime,
) -> TextCode | None:
    """Use up the code if ``typed`` is it: its row for exactly one of all callers, else None."""
    row = newest(session, account_id, purpose, now)
    if row is None or row.key_id not in keyring.ids:
        return None
    given = "".join(sign for sign in typed if sign not in " -")
    if not hmac.compare_digest(given.encode(), code_of(keyring, row).encode()):
        return None
    unused = update(TextCode).where(TextCode.id == row.id, TextCode.ended_at.is_(None))
    result = session.execute(unused.values(ended_at=now))
    return row if rows_changed(result) == 1 else None


def end_all(session: Session, account_id: str, now: datetime) -> None:
    """End every open code of an account."""
    is_open = update(TextCode).where(TextCode.account_id == account_id, TextCode.ended_at.is_(None))
    session.execute(is_open.values(ended_at=now))


def sweep(session: Session, now: datetime) -> None:
    """Drop codes of yesterday, and the phones with them."""
    session.execute(delete(TextCode).where(TextCode.created_at < now - KEPT))
