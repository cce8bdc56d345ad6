"""Helping a parent who is stuck: with a reason, told to the parent, in the trail (RCV-2).

Nothing here shows or sets a password, a hint or a code. What could let somebody else in, removing
every second factor, takes two people and a day (`portal.accounts.factor_removal`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.accounts import email_correction, factor_removal, known_devices, mail
from portal.accounts.contact import email_key
from portal.accounts.find_account import email_of, find_by_participant
from portal.accounts.models import PARENT, Account, PinRequest
from portal.audit.trail import record_event
from portal.context import Context
from portal.record.models import Participant
from portal.record.names import full_name
from portal.security import throttles
from portal.staff import two_people
from portal.staff.look_up_person import mask
from portal.staff.models import TwoPersonRequest
from portal.staff.note_opening import note_at_once
from portal.staff.parties import cases_of, keep_out
from portal.staff.two_people import Action, CannotBeDone
from portal.web.sessions import end_sessions

REASON = "help"
"""The code with which the parent sees it under "who opened your record"."""


class Step(StrEnum):
    """What can be done for a parent; the last two only ask a second person."""

    NEW_PIN = "new-pin"
    UNLOCK = "unlock"
    END_SESSIONS = "sessions-end"
    REMOVE_FACTORS = "factors-removal"
    LIFT_MARK = "safety-mark-lift"


TWO_PEOPLE: Mapping[Step, Action] = {
    Step.REMOVE_FACTORS: Action.REMOVE_FACTORS,
    Step.LIFT_MARK: Action.LIFT_SAFETY_MARK,
}


class CannotHelp(ValueError):
    """There is nothing to do it to, it is under way already, or it was done too often today."""


def help_parent(
    session: Session,
    context: Context,
    worker: Account,
    participant_id: str,
    step: Step,
    reason: str,
    now: datetime,
) -> None:
    """Do the step, or ask the second person for it.

    Raises `CannotHelp`, `LookupError` for nobody of the record, and
    `portal.staff.parties.PartyToCase` (ACL-4).
    """
    if session.get(Participant, participant_id) is None:
        raise LookupError(participant_id)
    keep_out(session, worker, participant_id, cases_of(session, participant_id))
    if step in TWO_PEOPLE:
        _ask_second(session, context, worker, participant_id, TWO_PEOPLE[step], reason, now)
    else:
        _STEPS[step](session, context, worker, participant_id, now)
    note_at_once(session, context.sealer, worker, participant_id, REASON, reason, now)


def parents_account(session: Session, participant_id: str) -> Account:
    """The account to help. Raises `CannotHelp` where there is none, or it is the staff's."""
    account = find_by_participant(session, participant_id)
    if account is None or account.kind != PARENT:
        raise CannotHelp(participant_id)
    return account


def steps_for(session: Session, participant_id: str, *, marked: bool) -> tuple[Step, ...]:
    """What can be done for this person."""
    account = find_by_participant(session, participant_id)
    steps = [Step.NEW_PIN]
    if account is not None and account.kind == PARENT and account.is_active:
        steps += [Step.UNLOCK, Step.END_SESSIONS]
        if account.has_factor and _nothing_waits(session, account):
            steps.append(Step.REMOVE_FACTORS)
    if marked:
        steps.append(Step.LIFT_MARK)
    return tuple(steps)


def _nothing_waits(session: Session, account: Account) -> bool:
    """One way back in at a time: two at once would leave its owner nothing to stop it with."""
    return (
        factor_removal.STEP.waiting_until(session, account) is None
        and email_correction.STEP.waiting_until(session, account) is None
    )


def _new_pin(
    session: Session, context: Context, worker: Account, participant_id: str, now: datetime
) -> None:
    """By letter to the address on record, with the export; at most three a day."""
    subject = f"participant:{participant_id}"
    gate = throttles.look(session, context.keyring, throttles.NEW_PIN, subject, now)
    if gate.closed_until(now) is not None:
        raise CannotHelp(participant_id)
    gate.count(now)
    session.add(PinRequest(id=uuid.uuid4().hex, participant_id=participant_id, at=now))
    account = find_by_participant(session, participant_id)
    if account is not None:
        mail.tell(session, context, "helped_new_pin", account, now)
    about = ("account", account.id) if account else ("participant", participant_id)
    record_event(session, "account:help:new-pin", now=now, actor_id=worker.id,
                 subject=about)  # fmt: skip


def _unlock(
    session: Session, context: Context, worker: Account, participant_id: str, now: datetime
) -> None:
    """What was counted of wrong passwords, codes and answers is forgotten, on every device.

    At most three times a day for a parent, and twenty by a worker. Raises `CannotHelp`.
    """
    account = parents_account(session, participant_id)
    gates = [
        throttles.look(session, context.keyring, policy, subject, now)
        for policy, subject in (
            (throttles.UNLOCK, account.id),
            (throttles.UNLOCK_WORKER, worker.id),
        )
    ]
    if any(gate.closed_until(now) is not None for gate in gates):
        record_event(session, "account:help:unlocked", now=now, actor_id=worker.id,
                     subject=("account", account.id), outcome="refused")  # fmt: skip
        raise CannotHelp(participant_id)
    for gate in gates:
        gate.count(now)
    devices = [f"device:{it.id}" for it in known_devices.all_of(session, account.id, now)]
    key = email_key(email_of(context.sealer, account))
    counted = (
        (throttles.PASSWORD, (key, f"signed-in:{account.id}", *devices)),
        (throttles.CODE, (account.id, *devices)),
        (throttles.HINT, (account.id,)),
    )
    for policy, subjects in counted:
        for subject in subjects:
            throttles.look(session, context.keyring, policy, subject, now).forget(now)
    mail.tell(session, context, "helped_unlocked", account, now)
    record_event(session, "account:help:unlocked", now=now, actor_id=worker.id,
                 subject=("account", account.id))  # fmt: skip


def _end_sessions(
    session: Session, context: Context, worker: Account, participant_id: str, now: datetime
) -> None:
    account = parents_account(session, participant_id)
    ended = end_sessions(session, account.id, now)
    known_devices.forget(session, account.id)
    mail.tell(session, context, "helped_sessions_ended", account, now)
    record_event(session, "account:help:sessions-ended", now=now, actor_id=worker.id,
                 subject=("account", account.id), detail={"ended": ended})  # fmt: skip


_Do = Callable[[Session, Context, Account, str, datetime], None]
_STEPS: Mapping[Step, _Do] = {
    Step.NEW_PIN: _new_pin,
    Step.UNLOCK: _unlock,
    Step.END_SESSIONS: _end_sessions,
}


def _ask_second(
    session: Session,
    context: Context,
    worker: Account,
    participant_id: str,
    action: Action,
    reason: str,
    now: datetime,
) -> None:
    """Ask once: a second asking while one waits changes nothing. Raises `CannotHelp`."""
    subject = ("participant", participant_id)
    if action is Action.REMOVE_FACTORS:
        subject = ("account", parents_account(session, participant_id).id)
    waiting = two_people.open_requests(session, now)
    if any((it.action, it.subject_id) == (action.value, subject[1]) for it in waiting):
        raise CannotHelp(participant_id)
    two_people.ask(session, context, worker, action, subject, reason, now)


@two_people.performs(Action.REMOVE_FACTORS)
def _remove_factors(
    session: Session, context: Context, asked: TwoPersonRequest, approver: Account, now: datetime
) -> None:
    account = session.get(Account, asked.subject_id)
    if account is None or account.kind != PARENT or not account.is_active:
        raise CannotBeDone(asked.id)
    if email_correction.STEP.waiting_until(session, account) is not None:
        raise CannotBeDone(asked.id)
    factor_removal.begin(session, context, account, now,
                         asked_by=asked.asked_by, approved_by=approver.id)  # fmt: skip


@two_people.describes(Action.REMOVE_FACTORS)
def _whose_factors(session: Session, context: Context, asked: TwoPersonRequest) -> str:
    account = session.get(Account, asked.subject_id)
    if account is None:
        return ""
    person = session.get(Participant, account.participant_id) if account.participant_id else None
    email = mask(email_of(context.sealer, account))
    return str(_("%(name)s (%(email)s)", name=full_name(person) if person else "", email=email))
