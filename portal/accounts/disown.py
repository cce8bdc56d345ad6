"""The link "this wasn't me" in every mail about a change: all out, and a new password.

It goes to the address a mail was sent to, the former one too, and acts on the account as it is
now: the link for the new password goes to the account's own address. It changes no address back:
whoever reads a mailbox that its owner left could otherwise take the account along.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts import change_passkeys, known_devices, waiting_step
from portal.accounts.card import CARD
from portal.accounts.models import Account
from portal.accounts.remove_authenticator import AUTHENTICATOR
from portal.accounts.remove_factor import remove_recent
from portal.accounts.reset_password import mail_link
from portal.accounts.text_factor import TEXTS
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links, text_codes
from portal.security.links import NOT_ME_LIFE, Purpose
from portal.security.models import Link
from portal.web.sessions import end_sessions


def find_link(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Account] | None:
    """The live link behind a token and its account; changes nothing (LNK-4)."""
    link = links.find(session, context.keyring, Purpose.NOT_ME, token, now, NOT_ME_LIFE)
    account = session.get(Account, link.owner_id) if link else None
    if link is None or account is None or not account.is_active:
        return None
    return link, account


def disown(session: Session, context: Context, link: Link, account: Account, now: datetime) -> bool:
    """End every session, forget every device, and let nobody in before a new password is chosen.

    False when another was faster (LNK-2). The other "this wasn't me" links are used up with it.
    """
    if not links.spend(session, link, now):
        return False
    links.end_all(session, account.id, now)
    links.end_all(session, account.id, now, Purpose.NOT_ME)
    end_sessions(session, account.id, now)
    known_devices.forget(session, account.id)
    text_codes.end_all(session, account.id, now)
    change_passkeys.remove_recent(session, context, account, now - NOT_ME_LIFE, now)
    for kind in (TEXTS, CARD, AUTHENTICATOR):
        remove_recent(session, context, account, kind, now - NOT_ME_LIFE, now)
    waiting_step.cancel_all(session, account, now)
    account.new_email = None
    account.must_change_password_at = now
    session.flush()
    mail_link(session, context, account, now)
    record_event(session, "account:sign-in:disowned", now=now, actor_id=None,
                 subject=("account", account.id))  # fmt: skip
    return True
