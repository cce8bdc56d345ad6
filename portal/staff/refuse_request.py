"""Refusing a request that is not decided, with the reason by letter.

An answer to a closing notice is refused where the case closes all the same.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.context import Context
from portal.requests.models import Submission
from portal.rules.transitions import Event
from portal.rules.vocabulary import RequestKind
from portal.staff.letter_texts import dated, in_language_of, paragraphs_of
from portal.staff.letters import NewLetter, send_letter
from portal.staff.mark_request import happens
from portal.staff.steps import begin_step

MOST_WORDS = 2000
KIND = "request_refused"


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
    happens(session, context, worker, submission, Event.REFUSED, now, text=reason)
    return submission


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
