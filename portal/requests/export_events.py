"""What the way back hands to the agency: events of requests as plain values, evidence as bytes.

Everything comes from the events themselves, which never change, so that the same events give the
same bytes for ever. The positions in the log are the feed's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from portal.requests.events import (
    EVIDENCE_READY,
    RELEASED,
    STAY_BEGAN,
    STAY_ENDED,
    SUBMITTED,
    ActorKind,
    detail_of,
)
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import EvidenceFile, Submission, SubmissionEvent
from portal.requests.open_file import open_stored
from portal.rules.transitions import Event
from portal.security.sealing import Sealer

_DONE = frozenset({Event.APPLIED.value, Event.REFUSED.value})
"""What the agency hears of where its staff did it on this site: what its own system said of it is
not told back."""
_DECISIONS = frozenset({Event.GRANTED.value, Event.PARTLY_GRANTED.value, Event.DENIED.value})
EXPORTED = frozenset(
    {SUBMITTED, RELEASED, EVIDENCE_READY, STAY_BEGAN, STAY_ENDED, Event.WITHDRAWN.value}
    | {Event.INFORMATION_GIVEN.value}
    | _DECISIONS
)
"""What the agency hears of whoever caused it."""


def is_exported() -> ColumnElement[bool]:
    """The events that the agency hears of, as a condition."""
    by_staff = SubmissionEvent.actor_kind == ActorKind.STAFF.value
    return or_(
        SubmissionEvent.event.in_(EXPORTED),
        and_(by_staff, SubmissionEvent.event.in_(_DONE)),
    )


@dataclass(frozen=True, slots=True)
class ExportedEvidence:
    """A file of an event: its name as shown, the SHA-256 of its bytes, and its id here."""

    name: str
    sha256: str
    file_id: str


@dataclass(frozen=True, slots=True)
class ExportedEvent:
    """One line of submissions.jsonl, without its position."""

    event: str
    submission: str
    kind: str
    case: str | None
    participant: str
    at: datetime
    fields: Mapping[str, Any]
    evidence: tuple[ExportedEvidence, ...]

    def as_json(self) -> dict[str, Any]:
        """The object to write, in the order of its keys; `at` is ISO 8601 in UTC."""
        return {
            "event": self.event,
            "submission": self.submission,
            "kind": self.kind,
            "case": self.case,
            "participant": self.participant,
            "at": self.at.isoformat(),
            "fields": dict(self.fields),
            "evidence": [{"name": file.name, "sha256": file.sha256} for file in self.evidence],
        }


def as_exported(sealer: Sealer, event: SubmissionEvent, submission: Submission) -> ExportedEvent:
    """An event as the agency gets it. `case` is the first one; several stand in `fields.cases`."""
    detail = detail_of(sealer, event)
    cases = [case.case_id for case in submission.cases]
    fields: dict[str, Any] = dict(detail.get("fields") or {})
    if event.event in _DECISIONS:
        fields = {"outcome": event.event, "on": detail.get("on"), **fields}
    if event.event in _DONE:
        fields = {"on": detail.get("on")}
        if detail.get("text") and event.event == Event.APPLIED.value:
            fields["text"] = detail["text"]  # the answer to a question
        if event.event == Event.REFUSED.value:
            fields["reason"] = detail.get("text")
    if event.case_id is None and len(cases) > 1:
        fields["cases"] = cases
    return ExportedEvent(
        event="decided" if event.event in _DECISIONS else event.event,
        submission=submission.number,
        kind=submission.kind,
        case=event.case_id or (cases[0] if cases else None),
        participant=submission.participant_id,
        at=event.at,
        fields=fields,
        evidence=tuple(
            ExportedEvidence(file["name"], file["sha256"], file["id"])
            for file in detail.get("evidence") or ()
        ),
    )


def open_evidence(session: Session, sealer: Sealer, store: EvidenceStore, file_id: str) -> bytes:
    """The cleaned bytes of a file of an exported event.

    Raises `LookupError` where there is no such file, `OSError` where the store cannot be read and
    `portal.security.sealing.SealBroken` where what it holds was altered.
    """
    file = session.get(EvidenceFile, file_id)
    if file is None:
        raise LookupError(file_id)
    return open_stored(sealer, store, file.id, file.stored_as)
