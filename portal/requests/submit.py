"""Sending what was begun: one draft becomes one request, however often it is sent (CON-1)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from random import SystemRandom
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.requests.add_evidence import attach, files_of_draft, told_of
from portal.requests.drafts import find_draft
from portal.requests.events import SUBMITTED, ActorKind, add_event
from portal.requests.models import Draft, Submission, SubmissionCase
from portal.requests.sealed import FIELDS, seal_json
from portal.rules.ids import request_number
from portal.rules.transitions import State
from portal.rules.vocabulary import RequestKind
from portal.security.sealing import Sealer
from portal.web.actor import Actor

_RANDOM = SystemRandom()
_DRAFT_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class DisputedCase:
    """A case that a request is about, with the letter's id and amount (dollars) on it."""

    case_id: str
    notice_id: str | None = None
    notice_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What a kind of request gives to be kept.

    `fields` is all that the parent said; `told` is what the event `submitted` hands on of it (a
    held address is left out).
    """

    kind: RequestKind
    participant_id: str
    fields: Mapping[str, Any]
    told: Mapping[str, Any]
    due_on: date
    cases: Sequence[DisputedCase] = ()
    notice_dated_on: date | None = None
    notice_respond_by: date | None = None
    hold_until: datetime | None = None


class NotReadyToSend(Exception):
    """An answer is missing: the parent came to the end without passing the steps (ACL-5)."""


def participant_of(actor: Actor) -> str:
    """The person of the record who sends. Raises `LookupError` for an account without one."""
    if actor.participant_id is None:
        raise LookupError(actor.id)
    return actor.participant_id


def claim(session: Session, actor: Actor, kind: RequestKind, draft_id: str) -> Draft | Submission:
    """The actor's draft, held so that nobody else sends it; or the request it became (CON-1).

    Raises `LookupError` for a draft that is not the actor's, and for what is no draft's id at all:
    PostgreSQL would not even take every text into a question.
    """
    if _DRAFT_ID.fullmatch(draft_id) is None:
        raise LookupError(draft_id)
    sent = already_sent(session, actor.id, draft_id)
    if sent is not None:
        return sent
    draft = find_draft(session, actor.id, kind)
    if draft is not None and draft.id == draft_id:
        return draft
    sent = already_sent(session, actor.id, draft_id)  # while this one waited for the other of two
    if sent is None:
        raise LookupError(draft_id)
    return sent


def already_sent(session: Session, account_id: str, draft_id: str) -> Submission | None:
    """The request that a draft became, of this account alone."""
    return session.scalars(
        select(Submission).where(
            Submission.idempotency_key == draft_id, Submission.account_id == account_id
        )
    ).one_or_none()


def submit(
    session: Session, sealer: Sealer, draft: Draft, new: NewRequest, now: datetime
) -> Submission:
    """Make a request of a draft, with its event, its files and its audit row; flushes.

    The caller holds the draft (`claim`).
    """
    submission = _new_row(sealer, draft, new, _free_number(session), now)
    session.add(submission)
    session.flush()
    _add_submitted(session, sealer, draft, submission, new, now)
    attach(session, draft.id, submission.id)
    session.delete(draft)
    record_event(
        session,
        "request:submitted",
        now=now,
        actor_id=submission.account_id,
        subject=("request", submission.id),
        detail={"kind": submission.kind},
    )
    return submission


def _new_row(
    sealer: Sealer, draft: Draft, new: NewRequest, number: str, now: datetime
) -> Submission:
    submission_id = uuid.uuid4().hex
    return Submission(
        id=submission_id,
        number=number,
        kind=new.kind.value,
        account_id=draft.account_id,
        participant_id=new.participant_id,
        state=State.SUBMITTED.value,
        decision=None,
        decided_on=None,
        owner=None,
        due_on=new.due_on,
        submitted_at=now,
        idempotency_key=draft.id,
        fields=seal_json(sealer, dict(new.fields), FIELDS, submission_id),
        notice_dated_on=new.notice_dated_on,
        notice_respond_by=new.notice_respond_by,
        hold_until=new.hold_until,
        cases=[_case_row(position, case) for position, case in enumerate(new.cases)],
    )


def _case_row(position: int, case: DisputedCase) -> SubmissionCase:
    return SubmissionCase(
        case_id=case.case_id,
        position=position,
        notice_id=case.notice_id,
        notice_amount=case.notice_amount,
        stay_began_at=None,
        stay_ended_at=None,
    )


def _add_submitted(
    session: Session,
    sealer: Sealer,
    draft: Draft,
    submission: Submission,
    new: NewRequest,
    now: datetime,
) -> None:
    add_event(
        session,
        sealer,
        submission,
        SUBMITTED,
        ActorKind.PARENT,
        now,
        fields=dict(new.told),
        evidence=told_of(sealer, files_of_draft(session, draft.id)),
    )


def _free_number(session: Session) -> str:
    while True:
        number = request_number(_RANDOM)
        taken = select(Submission.id).where(Submission.number == number)
        if session.scalar(taken) is None:
            return number
