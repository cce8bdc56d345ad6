"""A parent sends what a caseworker asked for: words, and files as with a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.requests.add_evidence import attach, files_of_draft, told_of
from portal.requests.drafts import begin_draft, find_draft, read_draft, save_draft
from portal.requests.events import detail_of, events_of
from portal.requests.lifecycle import move
from portal.requests.models import Draft, Submission
from portal.rules.transitions import Cause, Event, IllegalTransition, State
from portal.rules.vocabulary import RequestKind
from portal.security.sealing import Sealer
from portal.web.actor import Actor

_KIND = "more:"
"""Begins the kind of its drafts; the request's number follows: one for each request."""


class NothingToSend(ValueError):
    """Neither words nor a file."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caseworker asked for, and until which day (agency-local)."""

    text: str
    until: date
    at: datetime


def number_of(kind: str) -> str | None:
    """The request that a draft of this kind is an answer to; None for a draft of another kind."""
    return kind.removeprefix(_KIND) if kind.startswith(_KIND) else None


def asked_of(session: Session, sealer: Sealer, submission: Submission) -> Asked | None:
    """What the parent is asked for now; None where nothing is."""
    if submission.state != State.MORE_INFORMATION_ASKED.value:
        return None
    asked = [
        row
        for row in events_of(session, submission.id)
        if row.event == Event.MORE_INFORMATION_ASKED.value
    ]
    if not asked or submission.asked_until is None:
        return None  # an extract said so, without words
    detail = detail_of(sealer, asked[-1])
    return Asked(detail.get("text") or "", submission.asked_until, asked[-1].at)


def own_asked_request(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> Submission:
    """The actor's own request of that number. Raises `LookupError` for anything else (ACL-1)."""
    chosen = select(Submission).where(
        Submission.number == number, Submission.account_id == actor.id
    )
    found = session.scalars(chosen.with_for_update() if lock else chosen).one_or_none()
    if found is None:
        raise LookupError(number)
    return found


def check_open(submission: Submission) -> None:
    """Raise `IllegalTransition` where nothing is asked for (any more)."""
    if submission.state != State.MORE_INFORMATION_ASKED.value:
        kind, state = RequestKind(submission.kind), State(submission.state)
        raise IllegalTransition(kind, state, Event.INFORMATION_GIVEN)


def find_answer(session: Session, submission: Submission, *, lock: bool = True) -> Draft | None:
    """What the parent has begun to send, if anything."""
    return find_draft(session, submission.account_id, _KIND + submission.number, lock=lock)


def begin_answer(session: Session, sealer: Sealer, submission: Submission, now: datetime) -> Draft:
    """The draft of the answer, begun where there is none yet; the caller holds the request."""
    return begin_draft(session, sealer, submission.account_id, _KIND + submission.number, now)


def words_of(sealer: Sealer, draft: Draft | None) -> str:
    """The words typed so far."""
    return str(read_draft(sealer, draft).get("words", "")) if draft else ""


def keep_words(session: Session, sealer: Sealer, draft: Draft, words: str, now: datetime) -> None:
    """Save the words typed so far."""
    save_draft(session, sealer, draft, now, words=words)


def give_more(
    session: Session, sealer: Sealer, actor: Actor, number: str, words: str, now: datetime
) -> Submission:
    """Send the words and the files added; the agency's turn again. The last day that was named
    does not keep it out: late is better than never.

    Raises `LookupError` for a request that is not the actor's, `IllegalTransition` where nothing is
    asked for (any more: it was sent already, or decided) and `NothingToSend`.
    """
    submission = own_asked_request(session, actor, number, lock=True)
    check_open(submission)
    draft = find_answer(session, submission)
    files = files_of_draft(session, draft.id) if draft else []
    if not words and not files:
        raise NothingToSend(number)
    move(
        session,
        sealer,
        submission,
        Event.INFORMATION_GIVEN,
        Cause.PARENT,
        now,
        detail={
            "fields": {"words": words},
            "text": words or None,
            "evidence": told_of(sealer, files),
        },
    )
    submission.asked_until = None
    submission.version += 1  # a caseworker's open page is older than this (CON-2)
    if draft is not None:
        attach(session, draft.id, submission.id)
        session.delete(draft)
    record_event(session, "request:more:given", now=now, actor_id=actor.id,
                 subject=("request", submission.id),
                 detail={"files": len(files), "version": submission.version})  # fmt: skip
    return submission
