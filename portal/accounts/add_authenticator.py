"""Adding an authenticator app. Until one valid code is given, nothing has changed (OTP-4)."""

from __future__ import annotations

import uuid
from datetime import datetime

import segno
from markupsafe import Markup
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.check_code import SECRET, spend_code
from portal.accounts.find_account import email_of
from portal.accounts.models import Account, TotpFactor
from portal.accounts.remove_factor import NO_BROWSER, ThisBrowser, end_elsewhere
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import rows_changed
from portal.security import throttles, totp
from portal.security.totp import in_groups as in_groups


def offer(session: Session, context: Context, account: Account, now: datetime) -> TotpFactor:
    """A factor with a fresh secret, still without effect; earlier offers are dropped."""
    session.execute(
        delete(TotpFactor).where(
            TotpFactor.account_id == account.id, TotpFactor.confirmed_at.is_(None)
        )
    )
    factor_id = uuid.uuid4().hex
    factor = TotpFactor(
        id=factor_id,
        account_id=account.id,
        secret=context.sealer.seal(totp.new_secret(), SECRET, factor_id),
        created_at=now,
    )
    session.add(factor)
    session.flush()
    return factor


def find_offer(session: Session, account: Account, factor_id: str | None) -> TotpFactor | None:
    """The account's own offer of that id, if it is still open."""
    factor = session.get(TotpFactor, factor_id) if factor_id else None
    if factor is None or factor.account_id != account.id or factor.confirmed_at is not None:
        return None
    return factor


def secret_of(context: Context, factor: TotpFactor) -> str:
    """The secret of a factor, in base32: shown while it is offered, and never again."""
    return context.sealer.open(factor.secret, SECRET, factor.id)


def app_address(context: Context, account: Account, secret: str) -> str:
    """The ``otpauth://`` address: in the picture, and as a link for an app on the same phone."""
    address = email_of(context.sealer, account)
    return totp.provisioning_uri(secret, address, context.agency.names.site)


def picture(uri: str) -> Markup:
    """The QR picture as inline SVG, made here: the secret goes to no other server (OTP-4)."""
    svg = segno.make(uri, error="m").svg_inline(scale=5, border=4, light="#fff", omitsize=False)
    return Markup(svg)  # noqa: S704 (made of a QR code, holds no text of anybody's)


def confirm(
    session: Session,
    context: Context,
    account: Account,
    factor: TotpFactor,
    code: str,
    now: datetime,
    here: ThisBrowser = NO_BROWSER,
) -> bool:
    """Take the offered factor into use when ``code`` is one of its own; the old one ends, and every
    other session with it.

    The time step of this code counts as used too. Wrong codes are counted as at signing in.
    """
    gate = throttles.look(session, context.keyring, throttles.CODE, account.id, now)
    is_open = gate.closed_until(now) is None
    if not is_open or not spend_code(session, context, factor, code, now):
        if is_open:
            gate.count(now)
        record_event(session, "account:authenticator:added", now=now, actor_id=account.id,
                     subject=("account", account.id), outcome="refused",
                     detail={"throttled": int(not is_open)})  # fmt: skip
        return False
    gate.forget(now)
    in_use = update(TotpFactor).where(
        TotpFactor.account_id == account.id,
        TotpFactor.id != factor.id,
        TotpFactor.ended_at.is_(None),
    )
    result = session.execute(in_use.values(ended_at=now))
    if rows_changed(result) > 0:
        end_elsewhere(session, account, here, now)
    factor.confirmed_at = now
    session.flush()
    session.expire(account, ["totp"])
    mail.tell(session, context, "authenticator_added", account, now)
    record_event(session, "account:authenticator:added", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
    return True
