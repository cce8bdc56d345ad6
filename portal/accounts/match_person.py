"""Who a visitor is: the PIN mailed to the address on record, with the number and the birth date.

Facts that the other parent knows never suffice (REG-1; 63A 2.5.1). Every refusal is one and the
same; tries are counted for each claimed number, whether anybody has it or not (REG-2, REG-6).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.find_account import SPENT_PIN, find_by_participant
from portal.accounts.models import Account, LetterRequest
from portal.accounts.recovery_models import Recovery
from portal.audit.trail import record_event
from portal.context import Context
from portal.record.models import Member, Participant
from portal.rules.vocabulary import Role
from portal.security import throttles
from portal.security.sealing import Sealer

Found = TypeVar("Found")
RECOVERY_PIN = "recoveries.pin"
_NOBODY = json.dumps({"birth_date": "", "ssn": "", "pin": "", "address": " " * 300})


def match_person(
    session: Session, context: Context, ssn: str, pin: str, born: date, now: datetime
) -> str | None:
    """The participant who may register now, or None; which of the facts was wrong stays unsaid.

    :param ssn: nine digits. :param pin: digits. :param born: the date of birth.
    """

    def linkable(person: str) -> str | None:
        return person if _may_link(session, context, person, pin, now) else None

    return match_pin(session, context, ssn, pin, born, now, linkable)


def match_pin(
    session: Session,
    context: Context,
    ssn: str,
    pin: str,
    born: date,
    now: datetime,
    accept: Callable[[str], Found | None],
) -> Found | None:
    """What ``accept`` makes of the matched person's id; each refusal is counted for the number.

    Registering and getting back in share their counts, so that neither gives further tries.
    """
    people = with_ssn(session, context, ssn)
    if not people:
        work_for_nobody(session, context, looks=2)
    daily = throttles.look(session, context.keyring, throttles.REGISTER_DAY, ssn, now)
    on_record = pins_on_record(context.sealer, people)
    until_new_pin = throttles.look(
        session, context.keyring, throttles.REGISTER_PIN, f"{ssn}:{on_record}", now
    )
    is_open = daily.closed_until(now) is None and until_new_pin.closed_until(now) is None
    found = _first_match(context, people, pin, born)
    accepted = accept(found.participant_id) if is_open and found is not None else None
    if accepted is not None:
        return accepted
    if is_open:
        daily.count(now)
        until_new_pin.count(now)
        if daily.closed_until(now) is not None:
            _tell_by_letter(session, people, "registration_refused", now)
    record_event(session, "registration:match:refused", now=now, outcome="refused",
                 detail={"throttled": int(not is_open)})  # fmt: skip
    return None


def work_for_nobody(session: Session, context: Context, *, looks: int) -> None:
    """What looking at a person of the record costs, done for a number that nobody has: the time
    taken tells nothing (REG-2).

    :param looks: how often the person's sealed facts would be opened.
    """
    has_case(session, "")
    for _ in range(looks):
        json.loads(_NOBODY)
        context.sealer.seal(_NOBODY, "participants.private", "")


def pins_on_record(sealer: Sealer, people: list[Participant]) -> str:
    """What stands for the people's PINs in the count that a new PIN begins anew.

    The PINs themselves, so that the count outlives a change of keys; look-ups where the record is
    from before PINs were kept sealed.
    """
    return ",".join(sorted(_pin_on_record(sealer, person) for person in people))


def _pin_on_record(sealer: Sealer, person: Participant) -> str:
    private = json.loads(sealer.open(person.private, "participants.private", person.participant_id))
    return str(private.get("pin") or person.pin_lookup or "")


def with_ssn(session: Session, context: Context, ssn: str) -> list[Participant]:
    """The living grown-up people of the record with a number."""
    lookups = context.keyring.lookups("ssn", ssn)
    found = session.scalars(
        select(Participant).where(
            Participant.ssn_lookup.in_(lookups), Participant.deceased_on.is_(None)
        )
    )
    return [person for person in found if has_case(session, person.participant_id)]


def has_case(session: Session, participant_id: str) -> bool:
    """Whether the person stands on a case as anything but a child."""
    grown_up = select(Member.case_id).where(
        Member.participant_id == participant_id, Member.role != Role.CHILD.value
    )
    return session.scalar(grown_up.limit(1)) is not None


def was_born(sealer: Sealer, person: Participant, born: date) -> bool:
    """Whether the record has this date of birth for the person."""
    private = json.loads(sealer.open(person.private, "participants.private", person.participant_id))
    return bool(private.get("birth_date") == born.isoformat())


def pin_is_spent(session: Session, context: Context, participant_id: str, pin: str) -> bool:
    """Whether this PIN has linked an account of the person, or asked for one, before: it never does
    again."""
    accounts = session.scalars(
        select(Account).where(
            Account.participant_id == participant_id, Account.spent_pin.is_not(None)
        )
    )
    if any(
        context.sealer.open(account.spent_pin, SPENT_PIN, account.id) == pin
        for account in accounts
        if account.spent_pin is not None
    ):
        return True
    asked_with = session.scalars(
        select(Recovery)
        .join(Account, Account.id == Recovery.account_id)
        .where(Account.participant_id == participant_id)
    )
    return any(context.sealer.open(row.pin, RECOVERY_PIN, row.id) == pin for row in asked_with)


def refuse_second_account(session: Session, participant_id: str, now: datetime) -> None:
    """Write down that somebody tried to link a person who has an account (REG-5)."""
    add_letter(session, participant_id, "account_exists", now)
    record_event(session, "registration:link:refused", now=now, outcome="refused",
                 subject=("participant", participant_id))  # fmt: skip


def _first_match(
    context: Context, people: list[Participant], pin: str, born: date
) -> Participant | None:
    for person in people:
        claimed = f"{person.participant_id}:{pin}"
        right_pin = context.keyring.matches("pin", claimed, person.pin_lookup or "")
        if was_born(context.sealer, person, born) and right_pin:
            return person
    return None


def _may_link(session: Session, context: Context, person: str, pin: str, now: datetime) -> bool:
    if find_by_participant(session, person) is not None:
        refuse_second_account(session, person, now)
        return False
    return not pin_is_spent(session, context, person, pin)


def _tell_by_letter(session: Session, people: list[Participant], kind: str, now: datetime) -> None:
    for person in people:
        add_letter(session, person.participant_id, kind, now)


def add_letter(session: Session, participant_id: str, kind: str, now: datetime) -> None:
    """Have the address on record told by letter; goes out with the export."""
    session.add(
        LetterRequest(id=uuid.uuid4().hex, participant_id=participant_id, kind=kind, at=now)
    )
    session.flush()
