"""Mailed links: signed, for one purpose, used once, dead with the state they were made in.

itsdangerous gives the signature and the age; the row gives the rest. A token is derived from its
row, so sending the same mail again sends the same link, and nothing that opens anything is stored.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.database import rows_changed
from portal.security.keys import Keyring
from portal.security.models import Link


class Purpose(StrEnum):
    """What a link is for; a token of one purpose is nothing at the others (LNK-1)."""

    CONFIRM_REGISTRATION = "confirm-registration"
    CONFIRM_EMAIL = "confirm-email"
    CHANGE_EMAIL = "change-email"
    RESET_PASSWORD = "reset-password"  # noqa: S105 (a purpose, not a password)
    NOT_ME = "not-me"
    CANCEL_RECOVERY = "cancel-recovery"
    RECOVER = "recover"
    CANCEL_REMOVAL = "cancel-removal"
    CANCEL_CORRECTION = "cancel-correction"
    CONFIRM_CORRECTION = "confirm-correction"
    STAFF_INVITATION = "staff-invitation"


STANDING = frozenset({Purpose.NOT_ME})
"""Links that live until they are used or too old: each undoes what may have been somebody else's
doing, so nothing that somebody else can do next may end them (an exception to LNK-3)."""
NOT_ME_LIFE = timedelta(hours=24)


class _ClockSigner(TimestampSigner):
    """A signer that takes the moment from its caller, not from the machine."""

    def __init__(self, keyring: Keyring, purpose: Purpose, moment: datetime) -> None:
        super().__init__(
            list(reversed(keyring.subkeys("links"))),
            salt=f"portal.link.{purpose.value}",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )
        self._moment = moment

    def get_timestamp(self) -> int:
        return int(self._moment.timestamp())


def issue(session: Session, purpose: Purpose, owner_id: str, state: str, now: datetime) -> Link:
    """A new link; older ones of the same purpose and owner end with it (LNK-3), if not standing.

    :param state: whatever the link rests on, in one text; only its SHA-256 is kept.
    """
    if purpose not in STANDING:
        end_all(session, owner_id, now, purpose)
    link = Link(
        id=uuid.uuid4().hex,
        purpose=purpose.value,
        owner_id=owner_id,
        state=_fingerprint(state),
        created_at=now.replace(microsecond=0),
    )
    session.add(link)
    session.flush()
    return link


def token(keyring: Keyring, link: Link) -> str:
    """The token to mail, the same each time it is asked for."""
    signer = _ClockSigner(keyring, Purpose(link.purpose), link.created_at)
    return signer.sign(link.id).decode()


def find(
    session: Session,
    keyring: Keyring,
    purpose: Purpose,
    typed: str,
    now: datetime,
    life: timedelta,
) -> Link | None:
    """The link behind a token, when it is whole, of this purpose, young enough and not ended.

    Changes nothing. The caller still compares the state with :func:`rests_on`.
    """
    signer = _ClockSigner(keyring, purpose, now)
    try:
        link_id = signer.unsign(typed.encode(), max_age=int(life.total_seconds())).decode()
    except (BadSignature, UnicodeError):
        return None
    link = session.get(Link, link_id, populate_existing=True)
    if link is None or link.purpose != purpose.value or link.ended_at is not None:
        return None
    return link


def rests_on(link: Link, state: str) -> bool:
    """Whether what the link was made for is still as it was (LNK-3)."""
    return link.state == _fingerprint(state)


def spend(session: Session, link: Link, now: datetime) -> bool:
    """Use the link up. True for exactly one of all callers, in a race too (LNK-2)."""
    unused = update(Link).where(Link.id == link.id, Link.ended_at.is_(None))
    result = session.execute(unused.values(ended_at=now))
    return rows_changed(result) == 1


def end_all(session: Session, owner_id: str, now: datetime, purpose: Purpose | None = None) -> None:
    """End an owner's open links, of one purpose or of all that are not standing."""
    statement = update(Link).where(Link.owner_id == owner_id, Link.ended_at.is_(None))
    if purpose is not None:
        statement = statement.where(Link.purpose == purpose.value)
    else:
        statement = statement.where(Link.purpose.not_in(standing.value for standing in STANDING))
    session.execute(statement.values(ended_at=now))


def _fingerprint(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
