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
from portal.security.passwords import code_hasher
from portal.web.edge import Edges


def make_recovery_codes(
    edges: Edges, context: Context, account: Account, now: datetime
) -> list[str]:
    """The ten codes as they are shown, once: only their slow hashes are kept.

    What was written before stands when they are hashed: nobody waits for ten slow hashes.
    """
    edges.pause()
    drawn = draw(context)
    session = edges.act()
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    add_codes(session, account, drawn, now)
    is_first = account.recovery_kept_at is None
    account.recovery_kept_at = None
    session.flush()
    if not is_first:
        mail.tell(session, context, "recovery_codes_made", account, now)
    record_event(session, "account:recovery-codes:made", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
    return [code for code, _code_hash in drawn]


def draw(context: Context) -> list[tuple[str, str]]:
    """Ten new codes as they are shown, each with its slow hash. Writes nothing."""
    hasher = code_hasher(context.settings)
    return [
        (code, hasher.hash(recovery_codes.normalise(code) or ""))
        for code in recovery_codes.new_codes()
    ]


def add_codes(
    session: Session, account: Account, drawn: list[tuple[str, str]], now: datetime
) -> None:
    """Give an account without codes those that were drawn."""
    for code, code_hash in drawn:
        plain = recovery_codes.normalise(code) or ""
        session.add(
            RecoveryCode(
                id=uuid.uuid4().hex,
                account_id=account.id,
                selector=plain[: recovery_codes.SELECTOR],
                code_hash=code_hash,
                created_at=now,
            )
        )


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
