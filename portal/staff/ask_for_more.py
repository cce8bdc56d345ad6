"""Asking a parent for more: words, and a day by which it is asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.requests.lifecycle import move
from portal.requests.models import Submission
from portal.rules.agency import Agency
from portal.rules.transitions import Cause, Event
from portal.staff.letter_texts import dated, in_language_of, paragraphs_of
from portal.staff.letters import NewLetter, send_letter
from portal.staff.steps import begin_step

MOST_WORDS = 4000
LEAST_DAYS, MOST_DAYS = 1, 90
KIND = "more_information"


class BadDay(ValueError):
    """The day is over, or too far off to be meant."""


def usual_day(agency: Agency, now: datetime) -> date:
    """Until when a parent is given time unless the worker says otherwise (agency-local)."""
    return agency.local_date(now) + timedelta(days=agency.requests.more_information_days)


def check_day(agency: Agency, until: date, now: datetime) -> None:
    """Raise `BadDay` for a day that leaves no time, or too much."""
    if not LEAST_DAYS <= (until - agency.local_date(now)).days <= MOST_DAYS:
        raise BadDay(until)


def ask_for_more(
    session: Session,
    context: Context,
    worker: Account,
    number: str,
    version: int,
    words: str,
    until: date,
    now: datetime,
) -> Submission:
    """Ask the sender for more, by letter and on the request's page, until an agency-local day.

    The agency's own day to answer stays where it is: both are shown. Raises `BadDay`, and what
    `portal.staff.steps.begin_step` and `portal.staff.letters.send_letter` raise.
    """
    check_day(context.agency, until, now)
    submission = begin_step(session, worker, number, version, Event.MORE_INFORMATION_ASKED)
    # First the letter: what it cannot print keeps everything else from happening.
    letter = _letter(session, context, submission, words, until, now)
    sent = send_letter(session, context, worker, letter, now)
    detail = {
        "on": context.agency.local_date(now).isoformat(),
        "text": words,
        "until": until.isoformat(),
        "by": worker.id,
        "letter": sent.id,
    }
    move(session, context.sealer, submission, Event.MORE_INFORMATION_ASKED, Cause.AGENCY, now,
         by_staff=True, detail=detail)  # fmt: skip
    submission.asked_until = until
    submission.version += 1
    record_event(session, "request:more:asked", now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"until": until.isoformat(), "letter": sent.id,
                         "version": submission.version})  # fmt: skip
    return submission


def _letter(
    session: Session,
    context: Context,
    submission: Submission,
    words: str,
    until: date,
    now: datetime,
) -> NewLetter:
    with in_language_of(session, submission) as language:
        asked = _(
            "To answer your request %(number)s, which you sent us on %(day)s, we need more "
            "from you:",
            number=submission.number,
            day=dated(context.agency.local_date(submission.submitted_at)),
        )
        by = _(
            "Please send it by %(day)s. Sign in, open the request, and choose to send what we "
            "asked for: you can write to us there and add photos and papers.",
            day=dated(until),
        )
        otherwise = _(
            "If you cannot get it by then, write to us there or call us. If we do not hear from "
            "you, we decide with what we have."
        )
        today = context.agency.local_date(now)
        paragraphs = (asked, *paragraphs_of(words), by, otherwise)
        title = _("We need more from you for your request")
        return NewLetter.to_sender(
            submission, KIND, language, today, title, paragraphs, respond_by=until
        )
