"""Moving counters of people and accounts that are known to the newest key (KEY-3).

A counter keeps only a keyed look-up of its subject, so one whose subject nobody here knows cannot
be moved: it stays under its old key until it expires.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.accounts.contact import email_key
from portal.accounts.find_account import EMAIL
from portal.accounts.known_devices import KnownDevice
from portal.accounts.match_person import pins_on_record, with_ssn
from portal.accounts.models import Account, Registration
from portal.context import Context
from portal.keys.reseal import lookup_stale
from portal.record.models import Participant
from portal.security import throttles
from portal.security.models import Throttle
from portal.security.sealing import SealBroken

_AT_ONCE = 500
Subject = tuple[str, str]
"""The throttle's name, and whom it counts for, in plain."""


def count_left(session: Session, key_id: str) -> int:
    """How many counters are under another key."""
    wanted = select(func.count()).where(lookup_stale(Throttle.subject, key_id))  # type: ignore[arg-type]
    return session.scalar(wanted) or 0


def move_counters(context: Context) -> None:
    """Move every counter whose subject is known."""
    newest = context.keyring.newest
    with context.database.session() as session:
        old = select(Throttle.name, Throttle.subject)
        old = old.where(lookup_stale(Throttle.subject, newest))  # type: ignore[arg-type]
        waiting = {(row.name, row.subject) for row in session.execute(old)}
    if not waiting:
        return
    known = _subjects(context)
    while some := list(islice(known, _AT_ONCE)):
        moves = list(_moves(context, some, waiting))
        if moves:
            with context.database.transaction() as session:
                for move in moves:
                    _move(session, *move)


def _moves(
    context: Context, subjects: Iterable[Subject], waiting: set[tuple[str, str]]
) -> Iterator[tuple[str, str, str]]:
    for name, subject in subjects:
        newest, *older = context.keyring.lookups(f"throttle:{name}", subject)
        for old in older:
            if (name, old) in waiting:
                yield name, old, newest


def _move(session: Session, name: str, old: str, new: str) -> None:
    """Rename a counter. Where both are there, the one that counted more stays."""
    wanted = select(Throttle).where(Throttle.name == name, Throttle.subject.in_((old, new)))
    found = {row.subject: row for row in session.scalars(wanted.with_for_update())}
    if old not in found:
        return
    if new in found:
        less = old if found[old].count <= found[new].count else new
        session.execute(delete(Throttle).where(Throttle.name == name, Throttle.subject == less))
        if less == old:
            return
    here = update(Throttle).where(Throttle.name == name, Throttle.subject == old)
    session.execute(here.values(subject=new).execution_options(synchronize_session=False))


def _subjects(context: Context) -> Iterator[Subject]:
    yield from _of_accounts(context)
    with context.database.session() as session:
        for row_id in session.scalars(select(Registration.id)).all():
            yield throttles.PASSWORD.name, f"sign-up:{row_id}"
        for device in session.scalars(select(KnownDevice.id)).all():
            yield throttles.PASSWORD.name, f"device:{device}"
            yield throttles.CODE.name, f"device:{device}"
    yield from _of_people(context)


def _of_accounts(context: Context) -> Iterator[Subject]:
    after = ""
    while True:
        with context.database.session() as session:
            later = select(Account.id, Account.email)
            later = later.where(Account.id > after).order_by(Account.id).limit(_AT_ONCE)
            accounts = session.execute(later).all()
        for row in accounts:
            yield throttles.PASSWORD.name, f"signed-in:{row.id}"
            yield throttles.CODE.name, row.id
            yield throttles.HINT.name, row.id
            yield throttles.STATEMENT.name, row.id
            try:
                key = email_key(context.sealer.open(row.email, EMAIL, row.id))
            except SealBroken:
                continue
            yield throttles.PASSWORD.name, key
            yield throttles.MAIL.name, key
        if not accounts:
            return
        after = accounts[-1].id


def _of_people(context: Context) -> Iterator[Subject]:
    after = ""
    while True:
        with context.database.session() as session:
            later = select(Participant).where(Participant.participant_id > after)
            later = later.where(Participant.ssn_lookup.is_not(None))
            people = session.scalars(
                later.order_by(Participant.participant_id).limit(_AT_ONCE)
            ).all()
            for person in people:
                ssn = _ssn_of(context, person)
                if ssn is None:
                    continue
                yield throttles.REGISTER_DAY.name, ssn
                yield throttles.NEW_PIN.name, ssn
                pins = pins_on_record(context.sealer, with_ssn(session, context, ssn))
                yield throttles.REGISTER_PIN.name, f"{ssn}:{pins}"
        if not people:
            return
        after = people[-1].participant_id


def _ssn_of(context: Context, person: Participant) -> str | None:
    try:
        text = context.sealer.open(person.private, "participants.private", person.participant_id)
    except SealBroken:
        return None
    ssn = json.loads(text).get("ssn")
    return None if ssn is None else str(ssn)
