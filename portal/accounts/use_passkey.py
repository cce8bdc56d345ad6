"""Using a passkey: to sign in with it alone, as the second half, or to prove that one is present.

Nothing is throttled for the account here: a signature cannot be guessed, so who hammers at the
password of an account never keeps its owner's passkey out (PWD-5).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.add_passkey import handle_of
from portal.accounts.models import Account
from portal.accounts.passkey_models import Passkey
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import rows_changed
from portal.security import passkey_challenges, passkeys
from portal.security.passkey_challenges import Ceremony
from portal.security.passkeys import Answer, PasskeyRefused, Use


def ask(
    session: Session,
    context: Context,
    ceremony: Ceremony,
    account: Account | None,
    browser: str,
    now: datetime,
) -> dict[str, Any]:
    """What the browser is asked, with a challenge for this session and ceremony (PKY-1).

    :param account: None before anybody signed in: then the answer names no passkey (ENU-1).
    :param browser: the token of the session's cookie.
    """
    owner = account.id if account is not None else None
    challenge = passkey_challenges.issue(session, ceremony, browser, owner, now)
    known = {
        passkey.credential_id: passkey.transports.split(",") if passkey.transports else []
        for passkey in (account.passkeys if account is not None else ())
    }
    party = passkeys.party_of(context.settings.base_url, context.agency.names.site)
    return passkeys.request_options(party, challenge, known)


def check_passkey(
    session: Session,
    context: Context,
    ceremony: Ceremony,
    account: Account | None,
    browser: str,
    answer: str,
    now: datetime,
) -> Account | None:
    """The account whose passkey signed the challenge; None where the answer does not hold.

    The challenge is used up either way.

    :param account: whose passkey it has to be; None where the passkey says who signs in.
    :param answer: the browser's answer, JSON.
    """
    passkey: Passkey | None = None
    try:
        given = passkeys.read_answer(answer)
        owner_id = account.id if account is not None else None
        if not passkey_challenges.spend(session, given.challenge, ceremony, browser, owner_id, now):
            raise PasskeyRefused("challenge")
        passkey = _find(session, given, owner_id)
        owner = _owner(session, passkey, given)
        party = passkeys.party_of(context.settings.base_url, context.agency.names.site)
        used = passkeys.verify_use(party, given, given.challenge, passkey.public_key)
        _note_use(session, passkey, used, now)
    except PasskeyRefused as refusal:
        known = account.id if account is not None else passkey.account_id if passkey else None
        detail = {"reason": str(refusal), **({"passkey": passkey.id} if passkey else {})}
        record_event(session, "account:sign-in:passkey", now=now, outcome="refused",
                     actor_id=account.id if account is not None else None,
                     subject=("account", known) if known else None, detail=detail)  # fmt: skip
        return None
    record_event(session, "account:sign-in:passkey", now=now, actor_id=owner.id,
                 subject=("account", owner.id), detail={"passkey": passkey.id})  # fmt: skip
    return owner


def _find(session: Session, given: Answer, owner_id: str | None) -> Passkey:
    found = session.scalar(
        select(Passkey)
        .where(Passkey.credential_id == given.credential_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or owner_id not in (None, found.account_id):
        raise PasskeyRefused("unknown")
    return found


def _owner(session: Session, passkey: Passkey, given: Answer) -> Account:
    owner = session.get(Account, passkey.account_id)
    if owner is None or not owner.is_active:
        raise PasskeyRefused("no-account")
    if given.user_handle not in (None, handle_of(owner)):
        raise PasskeyRefused("other-handle")
    return owner


def _note_use(session: Session, passkey: Passkey, used: Use, now: datetime) -> None:
    """Write down the use; a sign count that went back tells of a copied passkey (PKY-2)."""
    if passkeys.count_went_back(passkey.sign_count, used.sign_count):
        raise PasskeyRefused("count-went-back")
    as_read = update(Passkey).where(
        Passkey.id == passkey.id, Passkey.sign_count == passkey.sign_count
    )
    result = session.execute(
        as_read.values(sign_count=used.sign_count, is_backed_up=used.is_backed_up, last_used_at=now)
    )
    if rows_changed(result) != 1:
        raise PasskeyRefused("raced")
