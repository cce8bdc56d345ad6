"""The worker's part: addresses whose day of waiting is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.context import Context
from portal.requests.change_address import release
from portal.requests.models import Submission


def release_due(context: Context, now: datetime) -> int:
    """Let held addresses whose time has come go out to the agency; returns how many.

    Each is a short transaction of its own. A withdrawn one is not held any more.
    """
    due = select(Submission.id).where(Submission.hold_until <= now)
    with context.database.transaction(write=False) as session:
        ids = list(session.scalars(due))
    released = 0
    for submission_id in ids:
        with context.database.transaction() as session:
            submission = session.get_one(Submission, submission_id, with_for_update=True)
            released += release(session, context.sealer, submission, now)
    return released
