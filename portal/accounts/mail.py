"""The mails of this room. None carries a fact of a case; what changed is told to every address.

Builders run when a mail is sent, and again for each try: the same link comes out each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.addresses import address, link_address
from portal.accounts.find_account import email_of
from portal.accounts.known_devices import KnownDevice
from portal.accounts.models import Account
from portal.context import Context
from portal.notices.outbox import enqueue
from portal.notices.registry import NoLongerDue, template, text_template
from portal.security import links, text_codes, throttles
from portal.security.links import Purpose
from portal.security.models import Link, TextCode

WITH_LINK = (
    "confirm_registration",
    "confirm_email",
    "confirm_new_email",
    "reset_password",
    "lost_everything_asked",
    "lost_everything_check",
    "lost_everything_link",
    "factor_removal_asked",
    "factor_removal_check",
    "email_correction_asked",
    "email_correction_check",
    "email_correction_confirm",
)
WITHOUT_LINK = ("already_registered", "no_account")
SECURITY = (
    "new_device",
    "password_changed",
    "email_change_asked",
    "email_changed",
    "phone_changed",
    "hint_changed",
    "authenticator_added",
    "authenticator_removed",
    "passkey_added",
    "passkey_removed",
    "text_codes_added",
    "text_codes_removed",
    "card_added",
    "card_removed",
    "card_low",
    "recovery_codes_made",
    "recovery_code_used",
    "helped_new_pin",
    "helped_unlocked",
    "helped_sessions_ended",
    "factors_removed",
    "statement_shared",
)
"""Something of an account was changed or used. Each carries a "this wasn't me" link."""


def _link(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    link = session.get(Link, ids["link"])
    if link is None or link.ended_at is not None:
        raise NoLongerDue("A newer link took this one's place, or it was used.")
    minutes = context.settings.link_minutes
    return {"link": link_address(context, link), "minutes": str(minutes)}


def _plain(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    return {
        "sign_in": address(context, "/sign-in"),
        "forgotten": address(context, "/forgotten-password"),
        "register": address(context, "/register"),
    }


def _security(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    link = session.get(Link, ids.get("not_me", ""))
    if link is None:
        raise NoLongerDue("The mail is far older than its link may be.")
    device = session.get(KnownDevice, ids.get("device", ""))
    words = {"not_me": link_address(context, link), "device": device.device if device else ""}
    return {**_plain(context, session, ids), **words}


for _name in WITH_LINK:
    template(_name)(_link)
for _name in WITHOUT_LINK:
    template(_name)(_plain)
for _name in SECURITY:
    template(_name)(_security)


@text_template("text_code")
def _text_code(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    row = session.get(TextCode, ids["code"])
    if row is None or not text_codes.is_live(row, context.now()):
        raise NoLongerDue("The code is too old, used, or a newer one took its place.")
    return {"code": text_codes.code_of(context.keyring, row)}


def may_mail(session: Session, context: Context, key: str, now: datetime) -> bool:
    """Whether one more mail that a visitor asked for may go to an address; counts it (RAT-1).

    :param key: the address as :func:`portal.accounts.contact.email_key` spells it.
    """
    gate = throttles.look(session, context.keyring, throttles.MAIL, key, now)
    if gate.closed_until(now) is not None:
        return False
    gate.count(now)
    return True


def send(
    session: Session,
    context: Context,
    name: str,
    to: str,
    language: str,
    now: datetime,
    link: Link | None = None,
) -> None:
    """Queue one mail in this transaction. ``to`` is an address."""
    ids = {} if link is None else {"link": link.id}
    enqueue(session, context.sealer, name, recipient_email=to, language=language, ids=ids, now=now)


def tell(
    session: Session, context: Context, name: str, account: Account, now: datetime, **ids: str
) -> None:
    """Tell the account's own address that something of it was changed (LNK-6)."""
    warn(session, context, name, account, email_of(context.sealer, account), now, **ids)


def warn(
    session: Session,
    context: Context,
    name: str,
    account: Account,
    to: str,
    now: datetime,
    **ids: str,
) -> None:
    """Tell an address of the account, with a link to press when it was somebody else.

    :param name: one of ``SECURITY``.
    :param to: the address, which need not be the account's own any more.
    """
    link = links.issue(session, Purpose.NOT_ME, account.id, account.id, now)
    words = {"not_me": link.id, **ids}
    enqueue(session, context.sealer, name, recipient_email=to, language=account.language,
            ids=words, now=now)  # fmt: skip
