"""Steps that need two people: one asks with a reason, another one approves (ACL-4, RCV-2).

What is to happen is registered by the module whose step it is, and happens in the transaction of
the approval.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.security.permissions import Permission
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


class NotTheSecond(PermissionError):
    """Whoever asked cannot approve, nor can the one it is about, nor one without the role."""


class NothingToDecide(LookupError):
    """It is not there, was decided, or is too old."""


Perform = Callable[[Session, Context, TwoPersonRequest, Account, datetime], None]
_performers: dict[Action, Perform] = {}


def performs(action: Action) -> Callable[[Perform], Perform]:
    """Register what an approved action does: called with the request and the approver."""

    def register(perform: Perform) -> Perform:
        if action in _performers:
            raise ValueError(f"Two modules perform {action.value}")
        _performers[action] = perform
        return perform

    return register


def ask(
    session: Session,
    context: Context,
    worker: Account,
    action: Action,
    subject: tuple[str, str],
    reason: str,
    now: datetime,
    detail: Mapping[str, str] | None = None,
) -> TwoPersonRequest:
    """Ask for a step. `detail` holds codes and ids; the reason is sealed."""
    request_id = uuid.uuid4().hex
    asked = TwoPersonRequest(
        id=request_id,
        action=action.value,
        subject_kind=subject[0],
        subject_id=subject[1],
        detail=dict(detail or {}),
        reason=context.sealer.seal(reason, REASON, request_id),
        asked_by=worker.id,
        asked_at=now,
        expires_at=now + LIFE,
    )
    session.add(asked)
    session.flush()
    record_event(session, "staff:second-person:asked", now=now, actor_id=worker.id,
                 subject=subject, detail={"action": action.value, "request": asked.id})  # fmt: skip
    return asked


def open_requests(session: Session, now: datetime) -> list[TwoPersonRequest]:
    """What waits for a second person, the oldest first."""
    chosen = select(TwoPersonRequest).where(
        TwoPersonRequest.decided_at.is_(None), TwoPersonRequest.expires_at > now
    )
    return list(session.scalars(chosen.order_by(TwoPersonRequest.asked_at, TwoPersonRequest.id)))


def approve(
    session: Session, context: Context, worker: Account, request_id: str, now: datetime
) -> TwoPersonRequest:
    """Approve and do it. Exactly one of several at the same moment does.

    Raises `NotTheSecond` and `NothingToDecide`.
    """
    asked = _decide(session, worker, request_id, "approved", now)
    _performers[Action(asked.action)](session, context, asked, worker, now)
    return asked


def refuse(session: Session, worker: Account, request_id: str, now: datetime) -> TwoPersonRequest:
    """Refuse it. Raises as `approve` does."""
    return _decide(session, worker, request_id, "refused", now)


def withdraw(session: Session, worker: Account, request_id: str, now: datetime) -> TwoPersonRequest:
    """Take back what one asked for. Raises `NothingToDecide`, also for another's."""
    asked = session.get(TwoPersonRequest, request_id)
    if asked is None or asked.asked_by != worker.id:
        raise NothingToDecide(request_id)
    return _close(session, worker, asked, "withdrawn", now)


def _decide(
    session: Session, worker: Account, request_id: str, outcome: str, now: datetime
) -> TwoPersonRequest:
    asked = session.get(TwoPersonRequest, request_id)
    if asked is None:
        raise NothingToDecide(request_id)
    about_oneself = (asked.subject_kind, asked.subject_id) == ("account", worker.id)
    if asked.asked_by == worker.id or about_oneself or not worker.may(Permission.APPROVE):
        raise NotTheSecond(worker.id)
    return _close(session, worker, asked, outcome, now)


def _close(
    session: Session, worker: Account, asked: TwoPersonRequest, outcome: str, now: datetime
) -> TwoPersonRequest:
    still_open = (
        update(TwoPersonRequest)
        .where(TwoPersonRequest.id == asked.id, TwoPersonRequest.decided_at.is_(None))
        .where(TwoPersonRequest.expires_at > now)
        .values(decided_by=worker.id, decided_at=now, outcome=outcome)
    )
    result = session.execute(still_open)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise NothingToDecide(asked.id)
    session.refresh(asked)
    record_event(session, f"staff:second-person:{outcome}", now=now, actor_id=worker.id,
                 subject=(asked.subject_kind, asked.subject_id),
                 detail={"action": asked.action, "request": asked.id})  # fmt: skip
    return asked
