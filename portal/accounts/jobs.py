"""What the worker does for accounts: clears away what neither opens nor counts any more, seals
the trail, and reads it all once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update

from portal.accounts import card, email_correction, factor_removal, lost_everything
from portal.accounts.known_devices import KEPT_FOR as DEVICES_KEPT
from portal.accounts.known_devices import KnownDevice
from portal.accounts.models import Registration, TotpFactor
from portal.accounts.register import KEPT_FOR
from portal.audit.seal import seal_events
from portal.audit.verify import verify
from portal.context import Context
from portal.notices.jobs import register
from portal.security import passkey_challenges, text_codes, throttles
from portal.security.models import Link
from portal.web.edge import SEEN_EVERY
from portal.web.kept_work import KEPT_FOR as WORK_KEPT_FOR
from portal.web.models import KeptWork, SessionRow

LINKS_KEPT = timedelta(days=7)
SESSIONS_KEPT = timedelta(days=30)


def sweep(context: Context, now: datetime) -> None:
    """Drop old counters, challenges, links, sign-ups, offered secrets, kept work, sessions and
    addresses that nobody approved, and at once what a session held (fresh recovery codes, say) that
    the clock has ended."""
    with context.database.transaction() as session:
        throttles.sweep(session, now)
        passkey_challenges.sweep(session, now)
        text_codes.sweep(session, now)
        card.sweep(session, now - KEPT_FOR)
        for old in (
            delete(Link).where(Link.created_at < now - LINKS_KEPT),
            delete(Registration).where(Registration.created_at < now - KEPT_FOR),
            delete(TotpFactor).where(
                TotpFactor.confirmed_at.is_(None), TotpFactor.created_at < now - KEPT_FOR
            ),
            delete(KeptWork).where(KeptWork.kept_at < now - WORK_KEPT_FOR),
            delete(SessionRow).where(SessionRow.started_at < now - SESSIONS_KEPT),
            delete(KnownDevice).where(KnownDevice.seen_at < now - DEVICES_KEPT),
            email_correction.unapproved(now),
        ):
            session.execute(old)
        idle = SessionRow.seen_at < now - context.settings.idle - SEEN_EVERY
        over = SessionRow.started_at < now - context.settings.overall
        ended = update(SessionRow).where(SessionRow.data.is_not(None), or_(idle, over))
        session.execute(ended.values(data=None))


register("accounts.sweep", timedelta(hours=1), sweep)
register("accounts.recoveries", timedelta(minutes=5), lost_everything.STEP.do_due)
register("accounts.factor-removals", timedelta(minutes=5), factor_removal.STEP.do_due)
register("accounts.email-corrections", timedelta(minutes=5), email_correction.STEP.do_due)
register("audit.seal", timedelta(minutes=1), seal_events)
register("audit.verify", timedelta(days=1), verify)
