"""What is due soon or late: the worker tells the supervisors, once a day, by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import rows_changed
from portal.notices.jobs import register
from portal.requests.models import Submission
from portal.staff.escalate import ENDED
from portal.staff.tell_supervisors import DUE, supervisors, tell
from portal.staff.which_requests import is_open, may_work


def tell_of_late(context: Context, now: datetime) -> int:
    """Mark what has become late, and queue the day's mail; returns how many were marked.

    May be killed and run again at any point: each mark and each supervisor's mail is a transaction
    of its own that is done once. The mail goes out when the agency's day begins.
    """
    today = context.agency.local_date(now)
    marked = sum(_mark(context, submission_id, now) for submission_id in _late(context, today))
    if now.astimezone(context.agency.timezone).hour >= context.agency.staff.opens_at:
        with context.database.transaction(write=False) as session:
            ids = [it.id for it in supervisors(session)]
        for account_id in ids:
            _tell(context, account_id, today, now)
    return marked


def due_soon(session: Session, worker: Account, today: date, days: int) -> int:
    """How many open requests, of those the worker may see, are late or due within `days`."""
    soon = today + timedelta(days=days)
    chosen = select(func.count()).select_from(Submission)
    return session.scalar(chosen.where(is_open(), may_work(worker), Submission.due_on <= soon)) or 0


def _late(context: Context, today: date) -> list[str]:
    chosen = (
        select(Submission.id)
        .where(
            is_open(), Submission.due_on < today, Submission.escalated_at.is_(None), ~_was_ended()
        )
        .order_by(Submission.due_on, Submission.id)
    )
    with context.database.transaction(write=False) as session:
        return list(session.scalars(chosen))


def _was_ended() -> ColumnElement[bool]:
    """A supervisor took the mark off: they know of it, and have it in each day's mail."""
    ended = select(AuditEvent.id).where(
        AuditEvent.name == ENDED,
        AuditEvent.subject_kind == "request",
        AuditEvent.subject_id == Submission.id,
    )
    return ended.correlate(Submission).exists()


def _mark(context: Context, submission_id: str, now: datetime) -> int:
    """Put it before the supervisors, once. The version stays: no form was made of this."""
    with context.database.transaction() as session:
        marked = session.execute(
            update(Submission)
            .where(Submission.id == submission_id, is_open(), Submission.escalated_at.is_(None))
            .values(escalated_at=now)
        )
        if not rows_changed(marked):
            return 0
        record_event(session, "request:escalated", now=now, actor_id="worker",
                     subject=("request", submission_id), detail={"why": "late"})  # fmt: skip
    return 1


def _tell(context: Context, account_id: str, today: date, now: datetime) -> None:
    with context.database.transaction() as session:
        supervisor = session.get_one(Account, account_id)
        count = due_soon(session, supervisor, today, context.agency.staff.due_soon_days)
        if count:
            ids = {"supervisor": account_id, "count": str(count)}
            once = f"staff-due:{today.isoformat()}:{account_id}"
            tell(session, context, supervisor, DUE, ids, once, now)


register("staff.tell_of_late", timedelta(hours=1), tell_of_late)
