"""Whether this installation is ready to serve: what ``/readyz`` answers."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import migrate
from portal.context import Context
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
