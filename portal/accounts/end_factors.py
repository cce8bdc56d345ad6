"""Ending everything but the password that opens an account: for whoever lost all of it (RCV-2).

The one list of kinds of second factors: a new kind is added here, so that no way back leaves one.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts import card
from portal.accounts.models import Account, RecoveryCode, TotpFactor
from portal.accounts.passkey_models import Passkey
from portal.security import text_codes


def end_every_factor(session: Session, account: Account, now: datetime) -> None:
    """End passkeys, app, card, text messages and recovery codes, and a change of e-mail begun."""
    session.execute(delete(Passkey).where(Passkey.account_id == account.id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    session.execute(
        update(TotpFactor)
        .where(TotpFactor.account_id == account.id, TotpFactor.ended_at.is_(None))
        .values(ended_at=now)
    )
    card.end_all(session, account, now)
    text_codes.end_all(session, account.id, now)
    account.texts_since = account.recovery_kept_at = account.new_email = None
    session.flush()
    session.expire(account, ["passkeys", "totp", "card"])
