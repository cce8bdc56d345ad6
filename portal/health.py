"""Whether this installation is ready to serve (``/readyz``), and what else wants a look by its
operators (``portal doctor``)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import migrate
from portal.context import Context
from portal.notices.jobs import JobRun
from portal.notices.models import OutboxItem
from portal.notices.worker import outbox_state
from portal.record.models import LAYOUT, Extract

MAIL_MAY_WAIT = timedelta(minutes=30)


def problems(context: Context, session: Session) -> list[str]:
    """What keeps the portal from being ready, in words for operators; empty when it is.

    :raises sqlalchemy.exc.SQLAlchemyError: when the database does not answer at all.
    """
    found = []
    if not migrate.is_current(session.connection()):
        found.append("The tables are older than this version: run portal db upgrade.")
        return found
    if session.scalar(select(Extract.layout)) not in (None, LAYOUT):
        found.append("The record is of another version: load a full extract.")
    if outbox_state(session, context.now()).oldest_seconds > MAIL_MAY_WAIT.total_seconds():
        found.append("Mail has been waiting for more than half an hour: is portal worker running?")
    return found


def remarks(context: Context, session: Session) -> list[str]:
    """What does not keep the portal from serving but wants a look; empty when there is nothing.

    Mails that were given up are counted by their reason while they are kept (90 days).

    :raises sqlalchemy.exc.SQLAlchemyError: when the database does not answer, or has no tables.
    """
    found = []
    gone = OutboxItem.failed_at.is_not(None) & (OutboxItem.reason != "no_longer_due")
    by_reason = select(OutboxItem.reason, func.count()).where(gone).group_by(OutboxItem.reason)
    for reason, count in session.execute(by_reason.order_by(OutboxItem.reason)):
        found.append(f"Mails given up, {reason}: {count}")
    late = OutboxItem.next_try_at.is_not(None) & (OutboxItem.tries > 0)
    if waiting := session.scalar(select(func.count()).select_from(OutboxItem).where(late)):
        found.append(f"Mails that failed and wait for their next try: {waiting}")
    failed = select(JobRun.name).where(JobRun.failed.is_(True)).order_by(JobRun.name)
    found += [
        f"The job {name} failed when it last ran: see the log." for name in session.scalars(failed)
    ]
    return found
