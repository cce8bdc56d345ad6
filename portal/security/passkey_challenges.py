"""Challenges of passkeys: random, kept here, for one session and one ceremony, used once (PKY-1).

A challenge is deleted by whoever uses it, also when the answer turns out wrong, so that of several
uses at one moment exactly one goes on.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.database import rows_changed
from portal.security.models import PasskeyChallenge

BYTES = 32
LIFE = timedelta(minutes=5)


class Ceremony(StrEnum):
    """What a challenge is for; at the other ceremonies it is nothing."""

    ADD = "add"
    SIGN_IN = "sign-in"
    SECOND_FACTOR = "second-factor"
    AUTHENTICATE = "authenticate"


def issue(
    session: Session, ceremony: Ceremony, browser: str, account_id: str | None, now: datetime
) -> bytes:
    """A new challenge of 256 bits.

    :param browser: the token of the browser's session cookie; only its SHA-256 is kept.
    :param account_id: whose ceremony it is; None before anybody signed in.
    """
    challenge = secrets.token_bytes(BYTES)
    session.add(
        PasskeyChallenge(
            id=_digest(challenge),
            ceremony=ceremony.value,
            browser=_digest(browser.encode()),
            account_id=account_id,
            created_at=now,
        )
    )
    session.flush()
    return challenge


def spend(
    session: Session,
    challenge: bytes,
    ceremony: Ceremony,
    browser: str,
    account_id: str | None,
    now: datetime,
) -> bool:
    """Use a challenge up: true for one of all callers, where session, ceremony and age fit."""
    own = delete(PasskeyChallenge).where(
        PasskeyChallenge.id == _digest(challenge),
        PasskeyChallenge.ceremony == ceremony.value,
        PasskeyChallenge.browser == _digest(browser.encode()),
        PasskeyChallenge.account_id.is_not_distinct_from(account_id),
        PasskeyChallenge.created_at > now - LIFE,
    )
    return rows_changed(session.execute(own)) == 1


def sweep(session: Session, now: datetime) -> None:
    """Drop challenges that nobody can use any more; called by the worker now and then."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.created_at <= now - LIFE))


def _digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
