"""The worker's part: what was begun and left lying is thrown away in the end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.context import Context
from portal.requests.drafts import discard_draft
from portal.requests.models import Draft
from portal.rules.agency import Agency

KEPT_FOR = timedelta(days=90)
"""How long a draft is kept after it was last touched, a house figure.

Longer than any answer takes that a parent may begin one for (a notice 30 days, a court 45, a
closing letter 60), and no longer than that: a draft holds addresses and pay stubs that nobody
asked the agency to look at.
"""


def kept_until(draft: Draft, agency: Agency) -> date:
    """The last agency-local day on which a draft is kept if nobody touches it again."""
    return agency.local_date(draft.saved_at) + KEPT_FOR


def sweep_drafts(context: Context, now: datetime) -> int:
    """Discard the drafts whose last day is over, with their files; returns how many.

    Each is a short transaction of its own, which looks again: a parent may have gone on with it.
    """
    agency = context.agency
    before = agency.start_of_day(agency.local_date(now) - KEPT_FOR)
    with context.database.transaction(write=False) as session:
        ids = list(session.scalars(select(Draft.id).where(Draft.saved_at < before)))
    swept = 0
    for draft_id in ids:
        with context.database.transaction() as session:
            swept += _sweep(session, draft_id, before, now)
    return swept


def _sweep(session: Session, draft_id: str, before: datetime, now: datetime) -> int:
    draft = session.get(Draft, draft_id, with_for_update=True)
    if draft is None or draft.saved_at >= before:
        return 0
    discard_draft(session, draft)
    record_event(
        session,
        "request:draft:expired",
        now=now,
        actor_id="worker",
        subject=("account", draft.account_id),
        detail={"kind": draft.kind},
    )
    return 1
