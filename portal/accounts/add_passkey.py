"""Adding a passkey to an account (PKY-1 to PKY-3)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.find_account import email_of
from portal.accounts.models import Account
from portal.accounts.passkey_models import Passkey
from portal.accounts.remove_factor import ThisBrowser, end_elsewhere
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import passkey_challenges, passkeys
from portal.security.passkey_challenges import Ceremony
from portal.security.passkeys import NewPasskey, PasskeyRefused

NAME = "passkeys.name"
MOST = 20
"""Passkeys of one account."""


def handle_of(account: Account) -> bytes:
    """The account as authenticators know it: its id, which tells nothing of a person."""
    return account.id.encode("ascii")


def offer(
    session: Session, context: Context, account: Account, browser: str, now: datetime
) -> dict[str, Any]:
    """What the browser is asked, with a challenge for this session (PKY-1).

    :param browser: the token of the session's cookie.
    """
    challenge = passkey_challenges.issue(session, Ceremony.ADD, browser, account.id, now)
    return passkeys.creation_options(
        passkeys.party_of(context.settings.base_url, context.agency.names.site),
        challenge,
        handle_of(account),
        email_of(context.sealer, account),
        [passkey.credential_id for passkey in account.passkeys],
    )


def add_passkey(
    session: Session,
    context: Context,
    account: Account,
    browser: str,
    answer: str,
    name: str,
    now: datetime,
) -> Passkey | None:
    """Keep the passkey that the browser made; None where its answer does not hold.

    The challenge is used up either way. The owner is told by mail.

    :param answer: the browser's answer, JSON.
    """
    try:
        made = _verified(session, context, account, browser, answer, now)
        passkey = _keep(session, context, account, made, name, now)
    except PasskeyRefused as refusal:
        record_event(session, "account:passkey:added", now=now, actor_id=account.id,
                     subject=("account", account.id), outcome="refused",
                     detail={"reason": str(refusal)})  # fmt: skip
        return None
    mail.tell(session, context, "passkey_added", account, now)
    record_event(session, "account:passkey:added", now=now, actor_id=account.id,
                 subject=("account", account.id), detail={"passkey": passkey.id})  # fmt: skip
    return passkey


def add_first_passkey(
    session: Session,
    context: Context,
    account: Account,
    browser: str,
    answer: str,
    name: str,
    now: datetime,
    here: ThisBrowser,
) -> Passkey | None:
    """The passkey that was due, as ``add_passkey``.

    Every other session ends: one that was begun with less must not come in on this passkey.
    """
    passkey = add_passkey(session, context, account, browser, answer, name, now)
    if passkey is not None:
        end_elsewhere(session, account, here, now)
    return passkey


def _verified(
    session: Session, context: Context, account: Account, browser: str, text: str, now: datetime
) -> NewPasskey:
    answer = passkeys.read_answer(text)
    challenge = answer.challenge
    if not passkey_challenges.spend(session, challenge, Ceremony.ADD, browser, account.id, now):
        raise PasskeyRefused("challenge")
    party = passkeys.party_of(context.settings.base_url, context.agency.names.site)
    return passkeys.verify_creation(party, answer, challenge)


def _keep(
    session: Session, context: Context, account: Account, made: NewPasskey, name: str, now: datetime
) -> Passkey:
    if len(account.passkeys) >= MOST:
        raise PasskeyRefused("too-many")
    passkey_id = uuid.uuid4().hex
    passkey = Passkey(
        id=passkey_id,
        account_id=account.id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=context.sealer.seal(name, NAME, passkey_id),
        transports=",".join(made.transports),
        is_backed_up=made.is_backed_up,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(passkey)
    except IntegrityError as error:  # the credential is another account's, or here already
        raise PasskeyRefused("taken") from error
    session.expire(account, ["passkeys"])
    return passkey
