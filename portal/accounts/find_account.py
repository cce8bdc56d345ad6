"""Finding an account, and opening what is sealed in it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.accounts.contact import email_key
from portal.accounts.models import Account
from portal.security.keys import Keyring
from portal.security.sealing import Sealer

EMAIL = "accounts.email"
NEW_EMAIL = "accounts.new_email"
PHONE = "accounts.phone"
SPENT_PIN = "accounts.spent_pin"


def find_by_email(session: Session, keyring: Keyring, address: str) -> Account | None:
    """The account of an address that is not closed: a disabled one too."""
    lookups = keyring.lookups("email", email_key(address))
    return session.scalar(
        select(Account).where(Account.email_lookup.in_(lookups), Account.closed_at.is_(None))
    )


def find_by_participant(session: Session, participant_id: str) -> Account | None:
    """The live account that is linked to a person of the record."""
    return session.scalar(select(Account).where(is_live_account_of(participant_id)))


def is_live_account_of(participant_id: str | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The same as a condition, also to join accounts by."""
    return and_(Account.participant_id == participant_id, Account.closed_at.is_(None))


def email_of(sealer: Sealer, account: Account) -> str:
    """The account's e-mail address."""
    return sealer.open(account.email, EMAIL, account.id)


def email_lookups_of(keyring: Keyring, sealer: Sealer, account: Account) -> list[str]:
    """The look-ups of its address under every key of the ring: the row holds one of them."""
    return keyring.lookups("email", email_key(email_of(sealer, account)))


def new_email_of(sealer: Sealer, account: Account) -> str | None:
    """The address that waits to be confirmed, if any."""
    if account.new_email is None:
        return None
    return sealer.open(account.new_email, NEW_EMAIL, account.id)


def phone_of(sealer: Sealer, account: Account) -> str | None:
    """The cell phone in E.164, or None."""
    return None if account.phone is None else sealer.open(account.phone, PHONE, account.id)
