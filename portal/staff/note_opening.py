"""That a member of the staff opened a parent's record: for that parent and the trail (AUD-4)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.opening_models import WORDS, RecordOpening
from portal.audit.trail import record_event
from portal.security.permissions import StaffRole
from portal.security.sealing import Sealer
from portal.web import clock
from portal.web.edge import write_afterwards

AGAIN_AFTER = timedelta(hours=1)
"""Pages of one piece of work are one opening."""
LETTER = "letter"
"""Why a worker saw a parent's name while writing a letter about the case: said by nobody, so it
opens nothing."""
APPROVAL = "approval"
"""Why a supervisor saw what a colleague wrote of a parent; it opens nothing either."""
OF_CASE = "case:"
"""Before the code of a reason that is nobody's in particular, or the other parent's: the auditor
reads it, the parent does not."""
REASON_HOLDS = timedelta(hours=8)
"""How long a record stays open to whoever said why: a working day from when they said it, however
often they open it meanwhile."""


def note_opening(
    worker: Account, participant_id: str, reason: str, submission_id: str | None = None
) -> None:
    """Have it written once the answer is made: at most once an hour by worker, person, request.

    `reason` is a code.
    """
    now, worker_id, role = clock.now(), worker.id, role_of(worker)

    def write(session: Session) -> None:
        lately = select(RecordOpening.id).where(
            RecordOpening.account_id == worker_id,
            RecordOpening.participant_id == participant_id,
            RecordOpening.submission_id == submission_id,
            RecordOpening.at > now - AGAIN_AFTER,
        )
        if session.scalars(lately.limit(1)).first() is None:
            opening = RecordOpening(account_id=worker_id, role=role, words=None)
            opening.participant_id, opening.submission_id = participant_id, submission_id
            _add(session, opening, reason, now)

    write_afterwards(write)


def note_at_once(
    session: Session,
    sealer: Sealer,
    worker: Account,
    participant_id: str,
    reason: str,
    words: str,
    now: datetime,
) -> RecordOpening:
    """Write it in the transaction of a step, with the worker's words, which are sealed."""
    opening = RecordOpening(id=uuid.uuid4().hex, account_id=worker.id, role=role_of(worker))
    opening.participant_id, opening.submission_id = participant_id, None
    opening.words = sealer.seal(words, WORDS, opening.id)
    _add(session, opening, reason, now)
    return opening


def latest_opening(
    session: Session, worker: Account, participant_id: str, now: datetime
) -> RecordOpening | None:
    """The opening for which the worker last gave a reason, in words or by opening a request, while
    it holds."""
    mine = select(RecordOpening).where(
        RecordOpening.account_id == worker.id,
        RecordOpening.participant_id == participant_id,
        RecordOpening.reason.not_in((LETTER, APPROVAL)),
        or_(RecordOpening.words.is_not(None), RecordOpening.submission_id.is_not(None)),
        RecordOpening.at > now - REASON_HOLDS,
    )
    return session.scalars(mine.order_by(RecordOpening.at.desc()).limit(1)).first()


def of_case(reason: str) -> str:
    """The code of a reason for which a case was opened, not this parent's record."""
    return f"{OF_CASE}{reason}"


def role_of(worker: Account) -> str:
    """The role in which a worker opens records."""
    return next(iter(worker.roles), StaffRole.CASEWORKER).value


def _add(session: Session, opening: RecordOpening, reason: str, now: datetime) -> None:
    opening.id = opening.id or uuid.uuid4().hex
    opening.reason, opening.at = reason, now
    session.add(opening)
    session.flush()
    record_event(session, "staff:record:opened", now=now, actor_id=opening.account_id,
                 subject=("participant", opening.participant_id),
                 detail={"reason": reason, "opening": opening.id})  # fmt: skip
