"""A forgotten password: link, hint, new password; signed in by none of them (LNK-6, HNT-1)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.change_password import set_password
from portal.accounts.contact import email_key
from portal.accounts.find_account import EMAIL, email_lookups_of, email_of, find_by_email
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import rows_changed
from portal.security import links, throttles
from portal.security.links import Purpose
from portal.security.models import Link
from portal.security.passwords import normalise_answer, passwords
from portal.web.edge import Edges


class HintAnswer(StrEnum):
    """What an answer to the hint question came to."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_MANY = "too_many"


def ask_reset(session: Session, context: Context, email: str, language: str, now: datetime) -> None:
    """Mail a link to the address; who has no account is told that by mail only (ENU-1).

    One mail goes out for every address, at most five an hour (RAT-1).
    """
    if not mail.may_mail(session, context, email_key(email), now):
        record_event(session, "account:reset:asked", now=now, outcome="refused",
                     detail={"throttled": 1})  # fmt: skip
        return
    account = find_by_email(session, context.keyring, email)
    if account is None or not account.is_active:
        # A link of nobody's, mailed to nobody: both answers take the same time (ENU-2).
        state = context.sealer.seal(email, EMAIL, "").hex()
        links.issue(session, Purpose.RESET_PASSWORD, uuid.uuid4().hex, state, now)
        mail.send(session, context, "no_account", email, language, now)
    else:
        mail_link(session, context, account, now)
    record_event(session, "account:reset:asked", now=now,
                 subject=("account", account.id) if account else None)  # fmt: skip


def mail_link(session: Session, context: Context, account: Account, now: datetime) -> None:
    """Mail the link to the account's own address; links mailed before are dead (LNK-3)."""
    state = _state(account, account.email_lookup)
    link = links.issue(session, Purpose.RESET_PASSWORD, account.id, state, now)
    to = email_of(context.sealer, account)
    mail.send(session, context, "reset_password", to, account.language, now, link)


def find_reset(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Account] | None:
    """The live link behind a token and its account; changes nothing (LNK-3, LNK-4)."""
    life = context.settings.link_life
    link = links.find(session, context.keyring, Purpose.RESET_PASSWORD, token, now, life)
    account = session.get(Account, link.owner_id) if link else None
    if link is None or account is None or not account.is_active:
        return None
    known = email_lookups_of(context.keyring, context.sealer, account)
    rests = any(links.rests_on(link, _state(account, lookup)) for lookup in known)
    return (link, account) if rests else None


def needs_hint(context: Context, link: Link, account: Account) -> bool:
    """Whether the hint question still stands before the new password."""
    asked = context.agency.features.security_hints and account.hint_hash is not None
    return asked and link.passed_at is None


def answer_hint(
    edges: Edges, context: Context, link: Link, account: Account, answer: str, now: datetime
) -> HintAnswer:
    """Compare the answer. At most five wrong ones a day, over all links and sessions (HNT-4).

    The try is counted before the slow comparison, for which no lock is held, and taken back when it
    was right.
    """
    account_id, link_id = account.id, link.id
    made = edges.reserve(lambda session: _reserve_answer(session, context, account, now))
    if not made.may_try:
        return HintAnswer.TOO_MANY
    check = passwords(context.settings).check(made.stored_hash, normalise_answer(answer))
    session = edges.act()
    passed = check.is_right and _pass(session, link_id, account_id, made.stored_hash, now)
    record_event(session, "account:reset:hint", now=now, subject=("account", account_id),
                 outcome="success" if passed else "refused")  # fmt: skip
    if passed:
        throttles.look(session, context.keyring, throttles.HINT, account_id, now).take_back(now)
        return HintAnswer.RIGHT
    return HintAnswer.TOO_MANY if made.was_last else HintAnswer.WRONG


@dataclass(frozen=True)
class _Try:
    """Whether an answer may be compared, and whether it is the last one for the time being."""

    may_try: bool
    was_last: bool = False
    stored_hash: str | None = None


def _reserve_answer(session: Session, context: Context, account: Account, now: datetime) -> _Try:
    gate = throttles.look(session, context.keyring, throttles.HINT, account.id, now)
    if gate.closed_until(now) is not None:
        record_event(session, "account:reset:hint", now=now, subject=("account", account.id),
                     outcome="refused", detail={"throttled": 1})  # fmt: skip
        return _Try(may_try=False)
    gate.count(now)
    return _Try(True, gate.closed_until(now) is not None, account.hint_hash)


def _pass(
    session: Session, link_id: str, account_id: str, stored: str | None, now: datetime
) -> bool:
    """Note the right answer on the link, if link and hint are still those of the comparison."""
    account = session.get(Account, account_id)
    if account is None or account.hint_hash != stored:
        return False
    live = update(Link).where(Link.id == link_id, Link.ended_at.is_(None))
    result = session.execute(live.values(passed_at=now))
    return rows_changed(result) == 1


def reset_password(
    edges: Edges,
    context: Context,
    token: str,
    password: str,
    now: datetime,
    *,
    keep_device: str | None = None,
) -> bool:
    """Set the new password and use the link up; false when another was faster (LNK-2).

    The second factor stays, every session ends, and the person is told by mail. The device it is
    done on stays known, if it was (:func:`portal.accounts.change_password.set_password`).
    """
    password_hash = passwords(context.settings).hash(password)
    session = edges.act()
    found = find_reset(session, context, token, now)
    if found is None or needs_hint(context, *found) or not links.spend(session, found[0], now):
        return False
    set_password(session, context, found[1], password_hash, now, keep_device=keep_device)
    return True


def _state(account: Account, lookup: str) -> str:
    moments = (account.last_signed_in_at, account.disabled_at, account.closed_at)
    written = (moment.isoformat() if moment else "" for moment in moments)
    return "|".join((account.password_hash, lookup, *written))
