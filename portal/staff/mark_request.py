"""Marking a request: received, or done.

A change of address is done when the agency's own system carries it; an answer to a closing notice
when the case stays open. *Done* also stands at the end of a review that was granted: the agency's
books now carry it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.requests.lifecycle import move
from portal.requests.mails import tell_of_news
from portal.requests.models import Submission
from portal.requests.replaced import replace_earlier
from portal.rules.transitions import Cause, Event, IllegalTransition, State
from portal.rules.vocabulary import RequestKind
from portal.staff.steps import begin_step


def mark_received(
    session: Session, context: Context, worker: Account, number: str, version: int, now: datetime
) -> Submission:
    """Say that the agency has the request; nobody is written to.

    Raises what `portal.staff.steps.begin_step` raises.
    """
    submission = begin_step(session, worker, number, version, Event.RECEIVED)
    happens(session, context, worker, submission, Event.RECEIVED, now)
    return submission


def mark_applied(
    session: Session, context: Context, worker: Account, number: str, version: int, now: datetime
) -> Submission:
    """Say that the agency's own system carries what was asked for; the sender gets a mail.

    Earlier changes of the same address end with it.

    Raises what `portal.staff.steps.begin_step` raises; a question ends with an answer alone
    (`portal.staff.answer_question`).
    """
    submission = begin_step(session, worker, number, version, Event.APPLIED)
    if submission.kind == RequestKind.QUESTION.value:
        raise IllegalTransition(RequestKind.QUESTION, State(submission.state), Event.APPLIED)
    happens(session, context, worker, submission, Event.APPLIED, now)
    replace_earlier(session, context.sealer, submission, Cause.AGENCY, now)
    tell_of_news(session, context.sealer, submission, Event.APPLIED.value, now)
    return submission


def happens(
    session: Session,
    context: Context,
    worker: Account,
    submission: Submission,
    event: Event,
    now: datetime,
    **detail: str,
) -> None:
    """Move a request that is not decided by a worker's step, and write it down; flushes."""
    told = {"on": context.agency.local_date(now).isoformat(), "by": worker.id, **detail}
    move(session, context.sealer, submission, event, Cause.AGENCY, now, by_staff=True,
         detail=told)  # fmt: skip
    submission.asked_until = None
    submission.version += 1
    record_event(session, f"request:{event.value}", now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"version": submission.version})  # fmt: skip
