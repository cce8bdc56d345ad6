"""Answering a question of a parent's: in writing, once; with that it is at its end."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.requests.dispute_words import dispute_name
from portal.requests.lifecycle import move
from portal.requests.models import Submission
from portal.requests.said import said_in
from portal.rules.transitions import Cause, Event, IllegalTransition, State
from portal.rules.vocabulary import RequestKind
from portal.staff.letter_texts import dated, in_language_of, paragraphs_of
from portal.staff.letters import NewLetter, send_letter
from portal.staff.steps import begin_step, check_step

MOST_WORDS = 4000
KIND = "question_answered"


def check_is_question(submission: Submission) -> None:
    """Raise `IllegalTransition` for what is no question, or for one that is at its end."""
    check_step(submission, Event.APPLIED)
    if submission.kind != RequestKind.QUESTION.value:
        kind, state = RequestKind(submission.kind), State(submission.state)
        raise IllegalTransition(kind, state, Event.APPLIED)


def answer_question(
    session: Session,
    context: Context,
    worker: Account,
    number: str,
    version: int,
    words: str,
    now: datetime,
) -> Submission:
    """Answer it by letter, and on the request's page; the agency's own system hears of it too.

    Raises what `check_is_question`, `portal.staff.steps.begin_step` and
    `portal.staff.letters.send_letter` raise.
    """
    submission = begin_step(session, worker, number, version, Event.APPLIED)
    check_is_question(submission)
    # First the letter: what it cannot print keeps everything else from happening.
    sent = send_letter(
        session, context, worker, _letter(session, context, submission, words, now), now
    )
    detail = {
        "on": context.agency.local_date(now).isoformat(),
        "text": words,
        "by": worker.id,
        "letter": sent.id,
    }
    move(session, context.sealer, submission, Event.APPLIED, Cause.AGENCY, now, by_staff=True,
         detail=detail)  # fmt: skip
    submission.asked_until = None
    submission.version += 1
    record_event(session, "request:answered", now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"letter": sent.id, "version": submission.version})  # fmt: skip
    return submission


def _letter(
    session: Session, context: Context, submission: Submission, words: str, now: datetime
) -> NewLetter:
    said = said_in(context.sealer, submission)
    with in_language_of(session, submission) as language:
        asked = _(
            "On %(day)s you asked us a question (request %(number)s). This is our answer.",
            day=dated(context.agency.local_date(submission.submitted_at)),
            number=submission.number,
        )
        about = [
            _("Your question is about: %(name)s.", name=dispute_name(it)) for it in said.disputes
        ]
        then = _(
            "This letter answers your question and decides nothing. If you do not agree with "
            "something on your case, you can ask for an administrative review. Sign in and "
            "choose to start a new request, or call us."
        )
        today = context.agency.local_date(now)
        paragraphs = (asked, *about, *paragraphs_of(words), then)
        title = _("Answer to your question")
        return NewLetter.to_sender(submission, KIND, language, today, title, paragraphs)
