"""Confirming the address of an account that was made without it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.contact import email_key
from portal.accounts.find_account import email_lookups_of, email_of
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link


def send_link(session: Session, context: Context, account: Account, now: datetime) -> None:
    """Mail the link to the account's own address, at most five an hour (RAT-1)."""
    email = email_of(context.sealer, account)
    if mail.may_mail(session, context, email_key(email), now):
        state = _state(account, account.email_lookup)
        link = links.issue(session, Purpose.CONFIRM_EMAIL, account.id, state, now)
        mail.send(session, context, "confirm_email", email, account.language, now, link)


def find_link(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Account] | None:
    """The live link behind a token and its account; changes nothing."""
    life = context.settings.link_life
    link = links.find(session, context.keyring, Purpose.CONFIRM_EMAIL, token, now, life)
    account = session.get(Account, link.owner_id) if link else None
    if link is None or account is None or not account.is_active:
        return None
    known = email_lookups_of(context.keyring, context.sealer, account)
    rests = any(links.rests_on(link, _state(account, lookup)) for lookup in known)
    return (link, account) if rests else None


def confirm(session: Session, link: Link, account: Account, now: datetime) -> bool:
    """Note that the address is the person's own; false when the link was used meanwhile."""
    if not links.spend(session, link, now):
        return False
    account.email_confirmed_at = now
    session.flush()
    record_event(session, "account:email:confirmed", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
    return True


def _state(account: Account, lookup: str) -> str:
    return f"{account.password_hash}|{lookup}|{account.email_confirmed_at}"
