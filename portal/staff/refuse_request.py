"""Requests that are not decided: received, refused with a reason, or done.

A change of address is done when the agency's own system carries it; an answer to a closing notice
when the case stays open, and refused where it closes all the same. *Done* also stands at the end of
a review that was granted: the agency's books now carry it.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
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
from portal.staff.letter_texts import dated, in_language_of, paragraphs_of
from portal.staff.letters import NewLetter, send_letter
from portal.staff.steps import begin_step

MOST_WORDS = 2000
KIND = "request_refused"


def mark_received(
    session: Session, context: Context, worker: Account, number: str, version: int, now: datetime
) -> Submission:
    """Say that the agency has the request; nobody is written to.

    Raises what `portal.staff.steps.begin_step` raises.
    """
    submission = begin_step(session, worker, number, version, Event.RECEIVED)
    _happen(session, context, worker, submission, Event.RECEIVED, now)
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
    _happen(session, context, worker, submission, Event.APPLIED, now)
    replace_earlier(session, context.sealer, submission, Cause.AGENCY, now)
    tell_of_news(session, context.sealer, submission, Event.APPLIED.value, now)
    return submission


def refuse_request(
    session: Session,
    context: Context,
    worker: Account,
    number: str,
    version: int,
    reason: str,
    now: datetime,
) -> Submission:
    """Refuse it, with the reason by letter.

    Raises what `portal.staff.steps.begin_step` and `portal.staff.letters.send_letter` raise.
    """
    submission = begin_step(session, worker, number, version, Event.REFUSED)
    # First the letter: what it cannot print keeps everything else from happening.
    send_letter(session, context, worker, _letter(session, context, submission, reason, now), now)
    _happen(session, context, worker, submission, Event.REFUSED, now, text=reason)
    return submission


def _happen(
    session: Session,
    context: Context,
    worker: Account,
    submission: Submission,
    event: Event,
    now: datetime,
    **detail: str,
) -> None:
    told = {"on": context.agency.local_date(now).isoformat(), "by": worker.id, **detail}
    move(session, context.sealer, submission, event, Cause.AGENCY, now, by_staff=True,
         detail=told)  # fmt: skip
    submission.asked_until = None
    submission.version += 1
    record_event(session, f"request:{event.value}", now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"version": submission.version})  # fmt: skip


def _letter(
    session: Session, context: Context, submission: Submission, reason: str, now: datetime
) -> NewLetter:
    with in_language_of(session, submission) as language:
        sent_on = dated(context.agency.local_date(submission.submitted_at))
        if submission.kind == RequestKind.CLOSING_RESPONSE.value:
            title = _("Your case still closes")
            about = _(
                "On %(day)s you answered our closing notice (request %(number)s). The case "
                "still closes. The reason is:",
                number=submission.number,
                day=sent_on,
            )
            then = _(
                "If you want services again later, you can apply again. Call us if you have "
                "questions."
            )
        else:
            title = _("We could not do what you asked for")
            about = _(
                "This is about your request %(number)s, which you sent us on %(day)s. We "
                "did not carry it out. The reason is:",
                number=submission.number,
                day=sent_on,
            )
            then = _("You can send a new request at any time, or call us if you have questions.")
        today = context.agency.local_date(now)
        paragraphs = (about, *paragraphs_of(reason), then)
        return NewLetter.to_sender(submission, KIND, language, today, title, paragraphs)
