"""Adding events to a request: the one place that writes them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.requests.models import Submission, SubmissionEvent
from portal.requests.sealed import DETAIL, open_json, seal_json
from portal.security.sealing import Sealer

SUBMITTED = "submitted"
RELEASED = "released"
REPLACED = "replaced"
STAY_BEGAN = "stay_began"
STAY_ENDED = "stay_ended"
EVIDENCE_READY = "evidence_ready"
EVIDENCE_REFUSED = "evidence_refused"


class ActorKind(StrEnum):
    """Who caused an event: `staff` the agency's people on this site, `agency` its own system by an
    outcome; `portal` is the site itself (a clock that ran out, a file scanned)."""

    PARENT = "parent"
    STAFF = "staff"
    AGENCY = "agency"
    EXTRACT = "extract"
    PORTAL = "portal"


def add_event(
    session: Session,
    sealer: Sealer,
    submission: Submission,
    event: str,
    actor: ActorKind,
    now: datetime,
    *,
    case_id: str | None = None,
    **detail: Any,
) -> SubmissionEvent:
    """Add an event with its detail (JSON values) sealed, and flush."""
    uid = uuid.uuid4().hex
    row = SubmissionEvent(
        uid=uid,
        submission_id=submission.id,
        event=str(event),
        at=now,
        actor_kind=actor.value,
        case_id=case_id,
        detail=seal_json(sealer, detail, DETAIL, uid),
    )
    session.add(row)
    session.flush()
    return row


def events_of(session: Session, submission_id: str) -> list[SubmissionEvent]:
    """A request's events, oldest first."""
    chosen = select(SubmissionEvent).where(SubmissionEvent.submission_id == submission_id)
    return list(session.scalars(chosen.order_by(SubmissionEvent.id)))


def detail_of(sealer: Sealer, event: SubmissionEvent) -> dict[str, Any]:
    """An event's detail, opened."""
    return open_json(sealer, event.detail, DETAIL, event.uid)
