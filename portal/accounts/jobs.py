"""What the worker clears away for accounts: nothing of it opens or counts any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update

from portal.accounts.models import Registration, TotpFactor
from portal.accounts.register import KEPT_FOR
from portal.context import Context
from portal.notices.jobs import register
from portal.security import throttles
from portal.security.models import Link
from portal.web.edge import SEEN_EVERY
from portal.web.kept_work import KEPT_FOR as WORK_KEPT_FOR
from portal.web.models import KeptWork, SessionRow

LINKS_KEPT = timedelta(days=7)
SESSIONS_KEPT = timedelta(days=30)


def sweep(context: Context, now: datetime) -> None:
    """Drop old counters, links, sign-ups, offered secrets, kept work and sessions, and at once
    what a session held (fresh recovery codes, say) that the clock has ended."""
    with context.database.transaction() as session:
        throttles.sweep(session, now)
        for old in (
            delete(Link).where(Link.created_at < now - LINKS_KEPT),
            delete(Registration).where(Registration.created_at < now - KEPT_FOR),
            delete(TotpFactor).where(
                TotpFactor.confirmed_at.is_(None), TotpFactor.created_at < now - KEPT_FOR
            ),
            delete(KeptWork).where(KeptWork.kept_at < now - WORK_KEPT_FOR),
            delete(SessionRow).where(SessionRow.started_at < now - SESSIONS_KEPT),
        ):
            session.execute(old)
        idle = SessionRow.seen_at < now - context.settings.idle - SEEN_EVERY
        over = SessionRow.started_at < now - context.settings.overall
        ended = update(SessionRow).where(SessionRow.data.is_not(None), or_(idle, over))
        session.execute(ended.values(data=None))


register("accounts.sweep", timedelta(hours=1), sweep)
