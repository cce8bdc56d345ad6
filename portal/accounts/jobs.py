"""What the worker clears away for accounts: nothing of it opens or counts any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from portal.accounts.models import Registration, TotpFactor
from portal.accounts.register import KEPT_FOR
from portal.context import Context
from portal.notices.jobs import register
from portal.security import passkey_challenges, throttles
from portal.security.models import Link
from portal.web.kept_work import KEPT_FOR as WORK_KEPT_FOR
from portal.web.models import KeptWork, SessionRow

LINKS_KEPT = timedelta(days=7)
SESSIONS_KEPT = timedelta(days=30)


def sweep(context: Context, now: datetime) -> None:
    """Drop old counters, challenges, links, sign-ups, offered secrets, kept work and sessions."""
    with context.database.transaction() as session:
        throttles.sweep(session, now)
        passkey_challenges.sweep(session, now)
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


register("accounts.sweep", timedelta(hours=1), sweep)
