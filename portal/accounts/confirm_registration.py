"""Confirming a sign-up by its mailed link: here the account begins and the PIN is spent.

The link alone is not enough: the password chosen when signing up is asked for, so that whoever owns
a mailbox cannot be led into making live what a stranger signed up with her address (REG-4).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, delete, or_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts import find_account, match_person, register
from portal.accounts.contact import email_key
from portal.accounts.models import Account, Registration
from portal.audit.trail import record_event
from portal.context import Context
from portal.record.models import Participant
from portal.security import links, throttles
from portal.security.links import Purpose
from portal.security.models import Link
from portal.security.passwords import passwords
from portal.web.edge import Edges


class Refusal(StrEnum):
    """Why no account came of it."""

    DEAD_LINK = "dead_link"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105
    TOO_MANY = "too_many"
    NOT_POSSIBLE = "not_possible"


@dataclass(frozen=True)
class Confirmed:
    """The account that began, or why none did."""

    account: Account | None = None
    refusal: Refusal | None = None


def find_link(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Registration] | None:
    """The live link of a sign-up and its sign-up; changes nothing."""
    settings = context.settings
    link = links.find(
        session, context.keyring, Purpose.CONFIRM_REGISTRATION, token, now, settings.link_life
    )
    row = register.find(session, link.owner_id, now) if link else None
    if link is None or row is None or not _rests_on(context, link, row):
        return None
    return link, row


def _rests_on(context: Context, link: Link, row: Registration) -> bool:
    known = register.email_lookups_of(context, row)
    return any(links.rests_on(link, register.state_of(row, lookup)) for lookup in known)


def confirm_registration(
    edges: Edges, context: Context, token: str, password: str, now: datetime
) -> Confirmed:
    """Make the account of the sign-up behind ``token``; exactly one of several tries does.

    The try is counted before the slow comparison, for which no lock is held.
    """
    refusal, stored = edges.reserve(lambda session: _reserve(session, context, token, now))
    if refusal is not None:
        return Confirmed(refusal=refusal)
    check = passwords(context.settings).check(stored, password)
    session = edges.act()
    found = find_link(session, context, token, now)
    if found is None:  # used, or the sign-up was changed, while the password was compared
        return Confirmed(refusal=Refusal.DEAD_LINK)
    link, row = found
    if not check.is_right or row.password_hash != stored:
        _note_refusal(session, row, Refusal.WRONG_PASSWORD, now)
        return Confirmed(refusal=Refusal.WRONG_PASSWORD)
    if not links.spend(session, link, now):
        return Confirmed(refusal=Refusal.DEAD_LINK)
    account = _make_account(session, context, row, now)
    return Confirmed(account, None if account else Refusal.NOT_POSSIBLE)


def _reserve(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Refusal | None, str | None]:
    """Why nothing is compared, or the hash to compare with; the try is counted then."""
    found = find_link(session, context, token, now)
    if found is None:
        return Refusal.DEAD_LINK, None
    _link, row = found
    gate = throttles.look(session, context.keyring, throttles.PASSWORD, f"sign-up:{row.id}", now)
    if gate.closed_until(now) is not None:
        _note_refusal(session, row, Refusal.TOO_MANY, now)
        return Refusal.TOO_MANY, None
    gate.count(now)
    return None, row.password_hash


def _note_refusal(session: Session, row: Registration, why: Refusal, now: datetime) -> None:
    subject = ("participant", row.participant_id)
    record_event(session, "account:registration:confirmed", now=now, outcome="refused",
                 subject=subject, detail={"why": why.value})  # fmt: skip


def _make_account(
    session: Session, context: Context, row: Registration, now: datetime
) -> Account | None:
    pin = context.sealer.open(row.pin, register.PIN, row.id)
    if find_account.find_by_participant(session, row.participant_id) is not None:
        match_person.refuse_second_account(session, row.participant_id, now)
        return None
    if not _may_still_link(session, context, row, pin):
        _note_refusal(session, row, Refusal.NOT_POSSIBLE, now)
        return None
    account = _account_of(context, row, pin, now)
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:  # the other of two confirmations at one moment, or the address is taken
        if find_account.find_by_participant(session, row.participant_id) is not None:
            match_person.refuse_second_account(session, row.participant_id, now)
        else:
            _note_refusal(session, row, Refusal.NOT_POSSIBLE, now)
        return None
    _drop_rivals(session, context, row)
    record_event(session, "account:registration:confirmed", now=now, actor_id=account.id,
                 subject=("account", account.id),
                 detail={"participant": row.participant_id})  # fmt: skip
    return account


def _may_still_link(session: Session, context: Context, row: Registration, pin: str) -> bool:
    """Whether the record still has the person and the PIN, and the PIN is not spent."""
    person = session.get(Participant, row.participant_id)
    if person is None or person.deceased_on is not None:
        return False
    claimed = f"{row.participant_id}:{pin}"
    return (
        match_person.has_case(session, row.participant_id)
        and context.keyring.matches("pin", claimed, person.pin_lookup or "")
        and not match_person.pin_is_spent(session, context, row.participant_id, pin)
    )


def _account_of(context: Context, row: Registration, pin: str, now: datetime) -> Account:
    account_id = uuid.uuid4().hex
    seal = context.sealer.seal
    email = register.email_of(context, row)
    phone = None
    if row.phone is not None:
        number = context.sealer.open(row.phone, register.PHONE, row.id)
        phone = seal(number, find_account.PHONE, account_id)
    assert row.password_hash is not None
    return Account(
        id=account_id,
        participant_id=row.participant_id,
        language=row.language,
        email=seal(email, find_account.EMAIL, account_id),
        email_lookup=context.keyring.lookup("email", email_key(email)),
        email_confirmed_at=now,
        phone=phone,
        no_phone=row.no_phone,
        password_hash=row.password_hash,
        password_changed_at=now,
        hint_question=row.hint_question,
        hint_hash=row.hint_hash,
        spent_pin=seal(pin, find_account.SPENT_PIN, account_id),
        created_at=now,
    )


def _drop_rivals(session: Session, context: Context, row: Registration) -> None:
    """Sign-ups of other people with this address end here, with their links and passwords.

    Another one for the same person stays until somebody tries to confirm it: that is refused, and
    the address on record is told (REG-5).
    """
    same_address = and_(
        Registration.email_lookup.in_(register.email_lookups_of(context, row)),
        Registration.participant_id != row.participant_id,
    )
    session.execute(delete(Registration).where(or_(Registration.id == row.id, same_address)))
