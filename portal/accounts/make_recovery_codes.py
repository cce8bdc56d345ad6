"""Ten new recovery codes; the old ones are void from now on (RCV-1)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.models import Account, RecoveryCode
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import recovery_codes
from portal.security.passwords import passwords


def make_recovery_codes(
    session: Session, context: Context, account: Account, now: datetime
) -> list[str]:
    """The ten codes as they are shown, once: only their slow hashes are kept."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = add_codes(session, context, account, now)
    is_first = account.recovery_kept_at is None
    account.recovery_kept_at = None
    session.flush()
    if not is_first:
        mail.tell(session, context, "recovery_codes_made", account, now)
    record_event(session, "account:recovery-codes:made", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
    return codes


def add_codes(session: Session, context: Context, account: Account, now: datetime) -> list[str]:
    """Give an account without codes ten of them; returns them as they are shown."""
    codes = recovery_codes.new_codes()
    hasher = passwords(context.settings)
    for code in codes:
        plain = recovery_codes.normalise(code) or ""
        session.add(
            RecoveryCode(
                id=uuid.uuid4().hex,
                account_id=account.id,
                selector=plain[: recovery_codes.SELECTOR],
                code_hash=hasher.hash(plain),
                created_at=now,
            )
        )
    return codes


def note_kept(
    session: Session, account: Account, shown: list[str], typed: str, now: datetime
) -> bool:
    """Note that the codes are kept, if ``typed`` is one of those just shown, however spelled."""
    code = recovery_codes.normalise(typed)
    if code is None or recovery_codes.written(code) not in shown:
        return False
    account.recovery_kept_at = now
    session.flush()
    record_event(session, "account:recovery-codes:kept", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
    return True


def codes_left(session: Session, account: Account) -> int:
    """How many of the account's codes are unused."""
    unused = select(func.count()).where(
        RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(unused) or 0
