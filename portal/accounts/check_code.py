"""The second half of signing in: a code of the app, of a text message or of the printed card, or a
recovery code.

All are counted together, for the account, over all its sign-ins (OTP-3, RCV-1); those made on a
device that the account knows are counted for that device (PWD-5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts import card, known_devices, mail
from portal.accounts.models import Account, RecoveryCode, TotpFactor
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import recovery_codes, text_codes, throttles, totp
from portal.security.passwords import passwords
from portal.security.text_codes import TextPurpose

SECRET = "totp_factors.secret"  # noqa: S105


@dataclass(frozen=True)
class Answer:
    """Whether the code was right; ``closed_until`` when there were too many tries."""

    is_right: bool = False
    closed_until: datetime | None = None


def check_code(
    session: Session,
    context: Context,
    account: Account,
    code: str,
    now: datetime,
    device_token: str | None = None,
) -> Answer:
    """Compare a code of the account's app with now, or with the one sent to its confirmed phone.

    It then counts as used (OTP-1, OTP-2, REG-3).

    :param device_token: as for :func:`portal.accounts.sign_in.check_password`.
    """

    def spend() -> bool:
        factor = account.totp
        if factor is not None and spend_code(session, context, factor, code, now):
            return True
        return _spend_text_code(session, context, account, code, now)

    return _try(session, context, account, "code", spend, now, device_token)


def check_card_code(
    session: Session,
    context: Context,
    account: Account,
    code: str,
    now: datetime,
    device_token: str | None = None,
) -> Answer:
    """Compare a code with the one that the printed card is asked for; it is used up (OTP-1)."""

    def spend() -> bool:
        session.expire(account, ["card"])
        return account.card is not None and card.spend(session, context, account.card, code, now)

    answer = _try(session, context, account, "card", spend, now, device_token)
    if answer.is_right:
        card.warn_if_few(session, context, account, now)
    return answer


def check_recovery_code(
    session: Session,
    context: Context,
    account: Account,
    code: str,
    now: datetime,
    device_token: str | None = None,
) -> Answer:
    """Compare a recovery code; it is used up, and the person is told by mail (RCV-1)."""

    def spend() -> bool:
        return _spend_recovery_code(session, context, account, code, now)

    answer = _try(session, context, account, "recovery-code", spend, now, device_token)
    if answer.is_right:
        mail.tell(session, context, "recovery_code_used", account, now)
    return answer


def spend_code(
    session: Session, context: Context, factor: TotpFactor, code: str, now: datetime
) -> bool:
    """Use up a code by its time step: true for one of all callers, in a race too (OTP-1)."""
    secret = context.sealer.open(factor.secret, SECRET, factor.id)
    step = totp.matching_step(secret, code, now, factor.last_step)
    if step is None:
        return False
    unused = (
        update(TotpFactor)
        .where(TotpFactor.id == factor.id, TotpFactor.ended_at.is_(None))
        .where(or_(TotpFactor.last_step.is_(None), TotpFactor.last_step < step))
        .values(last_step=step)
    )
    return cast("CursorResult[object]", session.execute(unused)).rowcount == 1


def _spend_text_code(
    session: Session, context: Context, account: Account, typed: str, now: datetime
) -> bool:
    if not account.gets_texts or not context.settings.text_url:
        return False
    purpose = TextPurpose.SIGN_IN
    return text_codes.spend(session, context.keyring, account.id, purpose, typed, now) is not None


def _spend_recovery_code(
    session: Session, context: Context, account: Account, typed: str, now: datetime
) -> bool:
    code = recovery_codes.normalise(typed)
    row = session.scalar(
        select(RecoveryCode).where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.selector == (code or "")[: recovery_codes.SELECTOR],
            RecoveryCode.used_at.is_(None),
        )
    )
    check = passwords(context.settings).check(row.code_hash if row else None, code or "")
    if row is None or not check.is_right:
        return False
    unused = update(RecoveryCode).where(RecoveryCode.id == row.id, RecoveryCode.used_at.is_(None))
    result = session.execute(unused.values(used_at=now))
    return cast("CursorResult[object]", result).rowcount == 1


def _try(
    session: Session,
    context: Context,
    account: Account,
    what: str,
    spend: Callable[[], bool],
    now: datetime,
    device_token: str | None,
) -> Answer:
    device = known_devices.find(session, account.id, device_token, now)
    subject = f"device:{device.id}" if device is not None else account.id
    gate = throttles.look(session, context.keyring, throttles.CODE, subject, now)
    closed_until = gate.closed_until(now)
    if closed_until is not None:
        record_event(session, f"account:sign-in:{what}", now=now, actor_id=account.id,
                     subject=("account", account.id), outcome="refused",
                     detail={"throttled": 1})  # fmt: skip
        return Answer(closed_until=closed_until)
    is_right = spend()
    if is_right:
        gate.forget(now)
    else:
        gate.count(now)
    record_event(session, f"account:sign-in:{what}", now=now, actor_id=account.id,
                 subject=("account", account.id),
                 outcome="success" if is_right else "refused")  # fmt: skip
    return Answer(is_right)
