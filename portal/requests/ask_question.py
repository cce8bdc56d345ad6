"""A parent asks a question about a case, or about a line, payment or month of it.

It is answered in writing. Nothing is decided by it, and nothing rests because of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.ledger.case_view import open_cases
from portal.requests.disputes import Dispute, disputes_from
from portal.requests.drafts import begin_draft, read_draft, save_draft
from portal.requests.mails import RECEIVED, send_receipt
from portal.requests.models import Submission
from portal.requests.submit import (
    DisputedCase,
    NewRequest,
    NotReadyToSend,
    claim,
    participant_of,
    submit,
)
from portal.rules.agency import Agency
from portal.rules.vocabulary import RequestKind
from portal.security.sealing import Sealer
from portal.web.actor import Actor

KIND = RequestKind.QUESTION


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, on which case, and about what of the record, if it says so."""

    case_id: str
    words: str
    about: tuple[Dispute, ...]

    def fields(self) -> dict[str, Any]:
        """As the export hands it on."""
        return {"words": self.words, "disputes": [it.as_json() for it in self.about]}


def answer_by(agency: Agency, now: datetime) -> date:
    """The agency-local day by which a question of that instant is to be answered."""
    return agency.local_date(now) + timedelta(days=agency.requests.question_days)


def about_in(data: dict[str, Any]) -> Dispute | None:
    """What of the record a draft is about; None for the case as a whole."""
    return next(iter(disputes_from(data.get("disputes", []))), None)


def begin_question(
    session: Session, sealer: Sealer, actor: Actor, about: Dispute, now: datetime
) -> None:
    """Make the actor's draft of a question be about this; words typed before stay."""
    draft = begin_draft(session, sealer, actor.id, KIND, now)
    save_draft(session, sealer, draft, now, case=about.case_id, disputes=[about.as_json()])


def present_question(
    session: Session, agency: Agency, actor: Actor, data: dict[str, Any], now: datetime
) -> Question | None:
    """The question of a draft; None while the words or the case are missing, or where the actor
    is on that case no more."""
    case_id, words = data.get("case"), data.get("words")
    if not case_id or not words:
        return None
    today = agency.local_date(now)
    views = open_cases(session, participant_of(actor), agency=agency, today=today)
    if all(view.case_id != case_id for view in views):
        return None
    about = disputes_from(data.get("disputes", []))
    return Question(case_id, words, tuple(it for it in about if it.case_id == case_id))


def file_question(
    session: Session,
    sealer: Sealer,
    agency: Agency,
    actor: Actor,
    draft_id: str,
    now: datetime,
) -> Submission:
    """Send the draft as a request; sent again, the same request comes back (CON-1).

    Raises `LookupError` for a draft that is not the actor's, `NotReadyToSend`.
    """
    draft = claim(session, actor, KIND, draft_id)
    if isinstance(draft, Submission):
        return draft
    question = present_question(session, agency, actor, read_draft(sealer, draft), now)
    if question is None:
        raise NotReadyToSend
    fields = question.fields()
    new = NewRequest(
        kind=KIND,
        participant_id=participant_of(actor),
        fields=fields,
        told=fields,
        due_on=answer_by(agency, now),
        cases=(DisputedCase(question.case_id),),
    )
    submission = submit(session, sealer, draft, new, now)
    send_receipt(session, sealer, submission, RECEIVED, now)
    return submission
