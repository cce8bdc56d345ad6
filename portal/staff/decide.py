"""Deciding an administrative review, line by line, in writing (G.L. c.119A s.17).

The state, the end of the stays, the letter, its mail and the row of the trail are one transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.requests.events import detail_of, events_of
from portal.requests.lifecycle import move
from portal.requests.models import Submission
from portal.rules.deadlines import judicial_review_by
from portal.rules.transitions import DECISION_EVENTS, Cause, Event
from portal.staff.decided import drafted_decision
from portal.staff.decision_draft import StaleDraft, read_decision
from portal.staff.decision_letter import decision_letter
from portal.staff.hold import Stale, hold
from portal.staff.letters import preview_letter, send_letter
from portal.staff.read_request import find_request
from portal.staff.steps import begin_step, check_step


def preview_decision(
    session: Session, context: Context, worker: Account, number: str, now: datetime
) -> bytes:
    """The letter as it would go out now, as a PDF; only reads.

    Raises `LookupError`, `portal.staff.parties.PartyToCase`, `IllegalTransition`, `Incomplete`, and
    what `portal.staff.letters.preview_letter` raises.
    """
    submission = find_request(session, worker, number)
    check_step(submission, Event.DENIED)
    decision = drafted_decision(session, context.sealer, submission)
    return preview_letter(
        session, context, decision_letter(session, context, submission, decision, now)
    )


def send_decision(
    session: Session,
    context: Context,
    worker: Account,
    number: str,
    version: int,
    draft_version: int,
    now: datetime,
) -> Submission:
    """Decide as the draft of that version says, and send the letter; sent twice, once.

    Raises what `portal.staff.steps.begin_step` and `portal.staff.letters.send_letter` raise,
    `StaleDraft` where the draft was saved again after the letter was looked at, and `Incomplete`.
    """
    sent = _sent_before(session, context, worker, number, draft_version)
    if sent is not None:
        return sent
    submission = begin_step(session, worker, number, None, Event.DENIED)
    if submission.version != version:
        raise Stale(submission)
    if read_decision(session, context.sealer, submission).version != draft_version:
        raise StaleDraft(number)
    decision = drafted_decision(session, context.sealer, submission)
    today = context.agency.local_date(now)
    letter = decision_letter(session, context, submission, decision, now)
    kept = send_letter(session, context, worker, letter, now)
    fields = decision.as_fields()
    fields["judicial_review_by"] = judicial_review_by(today, context.agency).isoformat()
    detail = {
        "on": today.isoformat(),
        "text": decision.paragraphs or None,
        "fields": fields,
        "by": worker.id,
        "draft": draft_version,
        "letter": kept.id,
    }
    move(session, context.sealer, submission, decision.event, Cause.AGENCY, now, on=today,
         by_staff=True, detail=detail)  # fmt: skip
    submission.asked_until = None
    submission.version += 1
    record_event(session, "request:decided", now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"outcome": decision.event.value, "letter": kept.id,
                         "version": submission.version})  # fmt: skip
    return submission


def _sent_before(
    session: Session, context: Context, worker: Account, number: str, draft_version: int
) -> Submission | None:
    """The request, where this very draft was sent by this worker: the button was pressed twice."""
    submission = hold(session, worker, number, None)
    if submission.decided_on is None:
        return None
    decided = {event.value for event in DECISION_EVENTS}
    last = [row for row in events_of(session, submission.id) if row.event in decided][-1:]
    details = [detail_of(context.sealer, row) for row in last]
    same = [it for it in details if (it.get("by"), it.get("draft")) == (worker.id, draft_version)]
    return submission if same else None
