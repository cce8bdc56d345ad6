"""Steps that need two people: one asks with a reason, another one approves (ACL-4, RCV-2).

What is to happen is registered by the module whose step it is, and happens in the transaction of
the approval. Neither of the two is the one it is about, or close to that person.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import COMMAND
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import rows_changed
from portal.security.permissions import Permission
from portal.staff import parties
from portal.staff.models import TwoPersonRequest

LIFE = timedelta(days=7)
REASON = "two_person_requests.reason"
"""The place that the asker's words are sealed for."""


class Action(StrEnum):
    """What needs two people."""

    INVITE = "invite"
    GRANT_ROLE = "grant_role"
    REMOVE_FACTORS = "remove_factors"
    LIFT_SAFETY_MARK = "lift_safety_mark"
    CORRECT_EMAIL = "correct_email"


MANAGING = frozenset({Action.INVITE, Action.GRANT_ROLE})
"""What only those ask for who look after the staff."""


class NotTheSecond(PermissionError):
    """Whoever asked cannot approve, nor can the one it is about, nor one without the role."""


class CannotBeDone(ValueError):
    """A performer's word: what was approved cannot be done as things are now."""


class NothingToDecide(LookupError):
    """It is not there, was decided, or is too old."""


Perform = Callable[[Session, Context, TwoPersonRequest, Account, datetime], None]
GiveUp = Callable[[Session, TwoPersonRequest, datetime], None]
Describe = Callable[[Session, Context, TwoPersonRequest], str]
_performers: dict[Action, Perform] = {}
_given_up: dict[Action, GiveUp] = {}
_describers: dict[Action, Describe] = {}


def performs(action: Action) -> Callable[[Perform], Perform]:
    """Register what an approved action does: called with the request and the approver."""

    def register(perform: Perform) -> Perform:
        if action in _performers:
            raise ValueError(f"Two modules perform {action.value}")
        _performers[action] = perform
        return perform

    return register


def gives_up(action: Action) -> Callable[[GiveUp], GiveUp]:
    """Register what is to happen when a step was refused or taken back."""

    def register(give_up: GiveUp) -> GiveUp:
        _given_up[action] = give_up
        return give_up

    return register


def describes(action: Action) -> Callable[[Describe], Describe]:
    """Register the words that tell the second person who or what it is about."""

    def register(describe: Describe) -> Describe:
        _describers[action] = describe
        return describe

    return register


def description(session: Session, context: Context, asked: TwoPersonRequest) -> str:
    """Who or what it is about, in words; empty where no module registered any."""
    describe = _describers.get(Action(asked.action))
    return describe(session, context, asked) if describe else ""


def reason_of(context: Context, asked: TwoPersonRequest) -> str:
    """The reason, in the asker's words."""
    return context.sealer.open(asked.reason, REASON, asked.id)


def ask(
    session: Session,
    context: Context,
    worker: Account | None,
    action: Action,
    subject: tuple[str, str],
    reason: str,
    now: datetime,
    detail: Mapping[str, str] | None = None,
) -> TwoPersonRequest:
    """Ask for a step. `detail` holds codes and ids; the reason is sealed.

    :param worker: who asks; None for a command.
    :raises portal.staff.parties.PartyToCase: where it is about the asker, or somebody close.
    """
    asked_by = COMMAND if worker is None else worker.id
    if worker is not None and _is_close(session, worker, subject):
        raise parties.PartyToCase(worker.id)
    request_id = uuid.uuid4().hex
    asked = TwoPersonRequest(
        id=request_id,
        action=action.value,
        subject_kind=subject[0],
        subject_id=subject[1],
        detail=dict(detail or {}),
        reason=context.sealer.seal(reason, REASON, request_id),
        asked_by=asked_by,
        asked_at=now,
        expires_at=now + LIFE,
    )
    session.add(asked)
    session.flush()
    record_event(session, "staff:second-person:asked", now=now, actor_id=asked_by,
                 subject=subject, detail={"action": action.value, "request": asked.id})  # fmt: skip
    return asked


def open_requests(session: Session, now: datetime) -> list[TwoPersonRequest]:
    """What waits for a second person, the oldest first."""
    ordered = _still_open(now).order_by(TwoPersonRequest.asked_at, TwoPersonRequest.id)
    return list(session.scalars(ordered))


def open_request(session: Session, request_id: str, now: datetime) -> TwoPersonRequest | None:
    """One of them; None for what is decided, too old, or not there."""
    return session.scalars(_still_open(now).where(TwoPersonRequest.id == request_id)).first()


def _still_open(now: datetime) -> Select[TwoPersonRequest]:
    return select(TwoPersonRequest).where(
        TwoPersonRequest.decided_at.is_(None), TwoPersonRequest.expires_at > now
    )


def approve(
    session: Session, context: Context, worker: Account, request_id: str, now: datetime
) -> TwoPersonRequest:
    """Approve and do it. Exactly one of several at the same moment does.

    Raises `NotTheSecond` and `NothingToDecide`, and `CannotBeDone` from what was to happen, or
    where the asker has become somebody who could not ask for it now.
    """
    asked = _decide(session, worker, request_id, "approved", now)
    asker = session.get(Account, asked.asked_by)
    if asker is not None and _is_close(session, asker, (asked.subject_kind, asked.subject_id)):
        raise CannotBeDone(asked.id)
    perform = _performers.get(Action(asked.action))
    if perform is None:
        raise CannotBeDone(asked.action)
    perform(session, context, asked, worker, now)
    return asked


def refuse(session: Session, worker: Account, request_id: str, now: datetime) -> TwoPersonRequest:
    """Refuse it. Raises as `approve` does."""
    return _decide(session, worker, request_id, "refused", now)


def withdraw(session: Session, worker: Account, request_id: str, now: datetime) -> TwoPersonRequest:
    """Take back what one asked for. Raises `NothingToDecide`, also for another's."""
    asked = session.get(TwoPersonRequest, request_id)
    if asked is None or asked.asked_by != worker.id:
        raise NothingToDecide(request_id)
    return _close(session, worker.id, asked, "withdrawn", now)


def withdraw_all_of(
    session: Session,
    account_id: str,
    by: str,
    now: datetime,
    actions: frozenset[Action] = frozenset(Action),
) -> None:
    """Take back whatever of it somebody asked for who may not ask for it any more."""
    for asked in open_requests(session, now):
        if asked.asked_by == account_id and asked.action in actions:
            with suppress(NothingToDecide):  # decided at this very moment
                _close(session, by, asked, "withdrawn", now)


def withdraw_about(session: Session, subject: tuple[str, str], by: str, now: datetime) -> None:
    """Take back whatever was asked about somebody or something that is no more."""
    for asked in open_requests(session, now):
        if (asked.subject_kind, asked.subject_id) == subject:
            with suppress(NothingToDecide):
                _close(session, by, asked, "withdrawn", now)


def may_decide(session: Session, worker: Account, asked: TwoPersonRequest) -> bool:
    """Whether the worker can be the second of the two."""
    about = (asked.subject_kind, asked.subject_id)
    return (
        asked.asked_by != worker.id
        and worker.may(Permission.APPROVE)
        and not _is_close(session, worker, about)
    )


def with_may_decide(
    session: Session, worker: Account, rows: Sequence[TwoPersonRequest]
) -> list[tuple[TwoPersonRequest, bool]]:
    """Each with what `may_decide` says of it, however many there are in three queries."""
    account_ids = {it.subject_id for it in rows if it.subject_kind == "account"}
    linked = select(Account.id, Account.participant_id).where(Account.id.in_(account_ids))
    people = {row.id: row.participant_id for row in session.execute(linked)}
    people |= {it.subject_id: it.subject_id for it in rows if it.subject_kind == "participant"}
    close = parties.close_people(session, worker.id, {it for it in people.values() if it})
    may = worker.may(Permission.APPROVE)
    return [
        (
            it,
            may
            and it.asked_by != worker.id
            and (it.subject_kind, it.subject_id) != ("account", worker.id)
            and people.get(it.subject_id) not in close,
        )
        for it in rows
    ]


def parent_of(session: Session, subject: tuple[str, str]) -> str | None:
    """The person of the record whom it is about; None where it is about the staff."""
    kind, subject_id = subject
    if kind == "account":
        account = session.get(Account, subject_id)
        return account.participant_id if account else None
    return subject_id if kind == "participant" else None


def _is_close(session: Session, worker: Account, subject: tuple[str, str]) -> bool:
    """Whether it is about the worker, or about a parent whom they are close to (ACL-4, RCV-2)."""
    if subject == ("account", worker.id):
        return True
    participant_id = parent_of(session, subject)
    if participant_id is None:
        return False
    cases = parties.cases_of(session, participant_id)
    return parties.is_party(session, worker.id, case_ids=cases, participant_id=participant_id)


def _decide(
    session: Session, worker: Account, request_id: str, outcome: str, now: datetime
) -> TwoPersonRequest:
    asked = session.get(TwoPersonRequest, request_id)
    if asked is None:
        raise NothingToDecide(request_id)
    if not may_decide(session, worker, asked):
        raise NotTheSecond(worker.id)
    return _close(session, worker.id, asked, outcome, now)


def _close(
    session: Session, by: str, asked: TwoPersonRequest, outcome: str, now: datetime
) -> TwoPersonRequest:
    still_open = (
        update(TwoPersonRequest)
        .where(TwoPersonRequest.id == asked.id, TwoPersonRequest.decided_at.is_(None))
        .where(TwoPersonRequest.expires_at > now)
        .values(decided_by=by, decided_at=now, outcome=outcome)
    )
    result = session.execute(still_open)
    if rows_changed(result) != 1:
        raise NothingToDecide(asked.id)
    session.refresh(asked)
    record_event(session, f"staff:second-person:{outcome}", now=now, actor_id=by,
                 subject=(asked.subject_kind, asked.subject_id),
                 detail={"action": asked.action, "request": asked.id})  # fmt: skip
    give_up = _given_up.get(Action(asked.action))
    if outcome != "approved" and give_up is not None:
        give_up(session, asked, now)
    return asked
