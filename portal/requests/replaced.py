"""A change of address that was made replaces the earlier ones of the same address.

What is still open of them would wait for ever: no record will ever show it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.requests.change_address import change_of
from portal.requests.events import REPLACED, SUBMITTED
from portal.requests.lifecycle import OPEN_STATES, move
from portal.requests.mails import tell_of_news
from portal.requests.models import Submission, SubmissionEvent
from portal.rules.transitions import Cause, Event
from portal.rules.vocabulary import RequestKind
from portal.security.sealing import Sealer


def replace_earlier(
    session: Session, sealer: Sealer, later: Submission, cause: Cause, now: datetime
) -> int:
    """End what the person had sent before of the kind of address that `later` changed.

    They are *applied* as far as their life goes, and told as replaced. A held one is held no
    more: its release would bring back an address that the parent has left. Returns how many.
    """
    earlier_ones, found = _open_before(session, later), 0
    if not earlier_ones:
        return 0
    changed = change_of(sealer, later).address_type
    for earlier in earlier_ones:
        if change_of(sealer, earlier).address_type is changed:
            detail = {"replaced_by": later.number}
            move(
                session, sealer, earlier, Event.APPLIED, cause, now, told_as=REPLACED, detail=detail
            )
            tell_of_news(session, sealer, earlier, REPLACED, now)
            found += 1
    return found


def _open_before(session: Session, later: Submission) -> list[Submission]:
    """In the order of sending, which the events keep where a clock stands still."""
    if later.kind != RequestKind.CHANGE_OF_ADDRESS.value:
        return []
    sent = select(SubmissionEvent.id).where(
        SubmissionEvent.submission_id == later.id, SubmissionEvent.event == SUBMITTED
    )
    chosen = (
        select(Submission)
        .join(SubmissionEvent, SubmissionEvent.submission_id == Submission.id)
        .where(
            Submission.participant_id == later.participant_id,
            Submission.kind == later.kind,
            Submission.state.in_(OPEN_STATES),
            SubmissionEvent.event == SUBMITTED,
            SubmissionEvent.id < sent.scalar_subquery(),
        )
        .order_by(SubmissionEvent.id)
        .with_for_update(of=Submission)
    )
    return list(session.scalars(chosen))
