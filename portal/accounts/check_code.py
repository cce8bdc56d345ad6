"""The second half of signing in: a code of the app, of a text message or of the printed card, or a
recovery code.

All are counted together, for the account, over all its sign-ins (OTP-3, RCV-1); those made on a
device that the account knows are counted for that device (PWD-5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.accounts import card, known_devices, mail
from portal.accounts.compare_code import Kept, Outcome, compare_code
from portal.accounts.models import Account, RecoveryCode, TotpFactor
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import rows_changed
from portal.security import card_codes, recovery_codes, text_codes, throttles, totp
from portal.security.text_codes import TextPurpose
from portal.web.edge import Edges

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
        factor = account.totp if account.takes_app_code else None
        if factor is not None and spend_code(session, context, factor, code, now):
            return True
        return _spend_text_code(session, context, account, code, now)

    return _try(session, context, account, "code", spend, now, device_token)


def check_card_code(
    edges: Edges,
    context: Context,
    account: Account,
    code: str,
    now: datetime,
    device_token: str | None = None,
) -> Answer:
    """Compare a code with the one that the printed card is asked for; it is used up (OTP-1).

    The try is counted before the slow comparison, for which no lock is held.
    """
    account_id, typed = account.id, card_codes.normalise(code) or ""
    came_to = _compare(
        edges, context, account_id, "card", typed, now, device_token,
        lambda session: card.in_use(session, account_id, now),
    )  # fmt: skip
    if came_to.session is not None and came_to.is_right:
        card.warn_if_few(came_to.session, context, account, now)
    return Answer(came_to.is_right, came_to.closed_until)


def check_recovery_code(
    edges: Edges,
    context: Context,
    account: Account,
    code: str,
    now: datetime,
    device_token: str | None = None,
) -> Answer:
    """Compare a recovery code; it is used up, and the person is told by mail (RCV-1).

    The try is counted before the slow comparison, for which no lock is held.
    """
    account_id, typed = account.id, recovery_codes.normalise(code) or ""
    came_to = _compare(
        edges, context, account_id, "recovery-code", typed, now, device_token,
        lambda session: _kept_recovery(session, account_id, typed, now),
    )  # fmt: skip
    if came_to.session is not None and came_to.is_right:
        mail.tell(came_to.session, context, "recovery_code_used", account, now)
    return Answer(came_to.is_right, came_to.closed_until)


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
    return rows_changed(session.execute(unused)) == 1


def _spend_text_code(
    session: Session, context: Context, account: Account, typed: str, now: datetime
) -> bool:
    if not account.gets_texts or not context.settings.text_url:
        return False
    purpose = TextPurpose.SIGN_IN
    return text_codes.spend(session, context.keyring, account.id, purpose, typed, now) is not None


def _compare(
    edges: Edges,
    context: Context,
    account_id: str,
    what: str,
    typed: str,
    now: datetime,
    device_token: str | None,
    kept: Callable[[Session], Kept],
) -> Outcome:
    """Compare a slow code as one of the account's, for the trail too."""
    came_to = compare_code(
        edges, context, typed, now, kept=kept,
        subject=lambda session: _counted_for(session, account_id, device_token, now),
        refused=lambda session: _note_throttled(session, account_id, what, now),
    )  # fmt: skip
    if came_to.session is not None:
        _note(came_to.session, account_id, what, came_to.is_right, now)
    return came_to


def _kept_recovery(session: Session, account_id: str, typed: str, now: datetime) -> Kept:
    row = session.scalar(
        select(RecoveryCode).where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.selector == typed[: recovery_codes.SELECTOR],
            RecoveryCode.used_at.is_(None),
        )
    )
    if row is None:
        return Kept()
    code_id = row.id

    def use_up(session: Session) -> bool:
        owner = session.get(Account, account_id)
        if owner is None or not owner.takes_recovery_codes:
            return False
        unused = update(RecoveryCode).where(
            RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None)
        )
        result = session.execute(unused.values(used_at=now))
        return rows_changed(result) == 1

    return Kept(row.code_hash, use_up)


def _try(
    session: Session,
    context: Context,
    account: Account,
    what: str,
    spend: Callable[[], bool],
    now: datetime,
    device_token: str | None,
) -> Answer:
    subject = _counted_for(session, account.id, device_token, now)
    gate = throttles.look(session, context.keyring, throttles.CODE, subject, now)
    closed_until = gate.closed_until(now)
    if closed_until is not None:
        _note_throttled(session, account.id, what, now)
        return Answer(closed_until=closed_until)
    is_right = spend()
    if is_right:
        gate.forget(now)
    else:
        gate.count(now)
    _note(session, account.id, what, is_right, now)
    return Answer(is_right)


def _counted_for(session: Session, account_id: str, device_token: str | None, now: datetime) -> str:
    """What a try is counted for: the device that the account knows, or else the account."""
    device = known_devices.find(session, account_id, device_token, now)
    return f"device:{device.id}" if device is not None else account_id


def _note(session: Session, account_id: str, what: str, is_right: bool, now: datetime) -> None:
    record_event(session, f"account:sign-in:{what}", now=now, actor_id=account_id,
                 subject=("account", account_id),
                 outcome="success" if is_right else "refused")  # fmt: skip


def _note_throttled(session: Session, account_id: str, what: str, now: datetime) -> None:
    record_event(session, f"account:sign-in:{what}", now=now, actor_id=account_id,
                 subject=("account", account_id), outcome="refused",
                 detail={"throttled": 1})  # fmt: skip
