"""Another e-mail address: a link goes to the new one, and the old one is told (LNK-6)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts import email_correction, mail
from portal.accounts.contact import email_key
from portal.accounts.find_account import (
    EMAIL,
    NEW_EMAIL,
    email_lookups_of,
    email_of,
    find_by_email,
    new_email_of,
)
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link
from portal.web.sessions import end_sessions


def ask_change(
    session: Session, context: Context, account: Account, email: str, now: datetime
) -> None:
    """Mail a link to the new address. One that has an account is told so by mail only (ENU-1)."""
    old = email_of(context.sealer, account)
    if email_key(email) == email_key(old):
        return
    account.new_email = context.sealer.seal(email, NEW_EMAIL, account.id)
    session.flush()
    if mail.may_mail(session, context, email_key(email), now):
        if find_by_email(session, context.keyring, email) is not None:
            links.end_all(session, account.id, now, Purpose.CHANGE_EMAIL)
            mail.send(session, context, "already_registered", email, account.language, now)
        else:
            state = _state(account, account.email_lookup, email)
            link = links.issue(session, Purpose.CHANGE_EMAIL, account.id, state, now)
            mail.send(session, context, "confirm_new_email", email, account.language, now, link)
    mail.warn(session, context, "email_change_asked", account, old, now)
    record_event(session, "account:email:change-asked", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip


def find_change(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Account] | None:
    """The live link behind a token and its account; changes nothing."""
    life = context.settings.link_life
    link = links.find(session, context.keyring, Purpose.CHANGE_EMAIL, token, now, life)
    account = session.get(Account, link.owner_id) if link else None
    if link is None or account is None or not account.is_active:
        return None
    new = new_email_of(context.sealer, account)
    if new is None:
        return None
    known = email_lookups_of(context.keyring, context.sealer, account)
    if not any(links.rests_on(link, _state(account, lookup, new)) for lookup in known):
        return None
    return link, account


def confirm_change(
    session: Session,
    context: Context,
    link: Link,
    account: Account,
    now: datetime,
    *,
    keep_session: str | None = None,
) -> bool:
    """Make the new address the account's own; both are told. False when it cannot be any more."""
    old, new = email_of(context.sealer, account), new_email_of(context.sealer, account)
    if new is None or not links.spend(session, link, now):
        return False
    try:
        with session.begin_nested():
            account.email = context.sealer.seal(new, EMAIL, account.id)
            account.email_lookup = context.keyring.lookup("email", email_key(new))
            account.email_confirmed_at = now
            account.new_email = None
    except IntegrityError:  # somebody registered with the address meanwhile
        session.refresh(account)
        return False
    links.end_all(session, account.id, now)
    email_correction.STEP.cancel_open(session, account, now)
    end_sessions(session, account.id, now, except_id=keep_session)
    for address in (old, new):
        mail.warn(session, context, "email_changed", account, address, now)
    record_event(session, "account:email:changed", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
    return True


def _state(account: Account, lookup: str, new: str) -> str:
    key = email_key(new)
    return "|".join((account.password_hash, lookup, key))
