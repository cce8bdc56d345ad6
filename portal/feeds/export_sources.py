"""Where the way back comes from: the tables whose rows become lines of ``submissions.jsonl``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.accounts.models import LetterRequest, PinRequest
from portal.context import Context
from portal.feeds.models import ExportedLine
from portal.notices.letter_models import FIGURES, PortalLetter
from portal.requests.export_events import as_exported, is_exported
from portal.requests.models import EvidenceFile, Submission, SubmissionEvent

_ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/heic": "heic",
    "text/plain": "txt",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A committed event that has no position yet: its key in its source, and what to write."""

    source: str
    key: str
    at: datetime
    line: Mapping[str, Any]
    evidence: list[dict[str, str]] = field(default_factory=list)


class ExportSource(Protocol):
    """One table of events."""

    name: str

    def waiting(self, session: Session, context: Context, most: int) -> Iterator[Waiting]:
        """The oldest ``most`` events that have no position, by time and key."""


class RequestEvents:
    """What happened to requests, with their evidence."""

    name = "requests"

    def waiting(self, session: Session, context: Context, most: int) -> Iterator[Waiting]:
        given = exists().where(
            ExportedLine.source == self.name, ExportedLine.source_key == SubmissionEvent.uid
        )
        chosen = (
            select(SubmissionEvent, Submission)
            .join(Submission, Submission.id == SubmissionEvent.submission_id)
            .where(is_exported(), ~given)
            .order_by(SubmissionEvent.at, SubmissionEvent.id)
            .limit(most)
        )
        for event, submission in session.execute(chosen):
            exported = as_exported(context.sealer, event, submission)
            files = [self._file(session, file.file_id, file.sha256) for file in exported.evidence]
            yield Waiting(self.name, event.uid, event.at, exported.as_json(), files)

    @staticmethod
    def _file(session: Session, file_id: str, sha256: str) -> dict[str, str]:
        file = session.get(EvidenceFile, file_id)
        ending = _ENDINGS.get(file.media_type, "bin") if file is not None else "bin"
        return {"file_id": file_id, "sha256": sha256, "ending": ending}


class PinRequests:
    """Parents who asked for a new PIN."""

    name = "pin_requests"

    def waiting(self, session: Session, context: Context, most: int) -> Iterator[Waiting]:
        given = exists().where(
            ExportedLine.source == self.name, ExportedLine.source_key == PinRequest.id
        )
        chosen = select(PinRequest).where(~given).order_by(PinRequest.at, PinRequest.id)
        for row in session.scalars(chosen.limit(most)):
            line = _line("new_pin_asked", "new_pin", row.participant_id, row.at, {})
            yield Waiting(self.name, row.id, row.at, line)


class LetterRequests:
    """What the address on record is to be told by letter."""

    name = "letter_requests"

    def waiting(self, session: Session, context: Context, most: int) -> Iterator[Waiting]:
        given = exists().where(
            ExportedLine.source == self.name, ExportedLine.source_key == LetterRequest.id
        )
        chosen = select(LetterRequest).where(~given).order_by(LetterRequest.at, LetterRequest.id)
        for row in session.scalars(chosen.limit(most)):
            line = _line("letter", "letter", row.participant_id, row.at, {"letter": row.kind})
            yield Waiting(self.name, row.id, row.at, line)


class StaffLetters:
    """What the staff wrote to a parent of their own accord: its last day, and what it promises.

    A letter about a request is no line: what was decided is told as the request's event.
    """

    name = "letters"

    def waiting(self, session: Session, context: Context, most: int) -> Iterator[Waiting]:
        letter = PortalLetter
        given = exists().where(
            ExportedLine.source == self.name, ExportedLine.source_key == letter.id
        )
        chosen = select(
            letter.id, letter.kind, letter.case_id, letter.participant_id, letter.at,
            letter.dated_on, letter.respond_by, letter.figures,
        ).where(letter.submission_id.is_(None), ~given)  # fmt: skip
        for row in session.execute(chosen.order_by(letter.at, letter.id).limit(most)):
            fields = {
                "dated_on": row.dated_on.isoformat(),
                "respond_by": row.respond_by.isoformat() if row.respond_by else None,
            }
            if row.figures is not None:
                fields |= json.loads(context.sealer.open(row.figures, FIGURES, row.id))
            line = _line(
                "letter_sent", row.kind, row.participant_id, row.at, fields, case=row.case_id
            )
            yield Waiting(self.name, row.id, row.at, line)


def _line(
    event: str,
    kind: str,
    participant: str,
    at: datetime,
    fields: dict[str, Any],
    *,
    case: str | None = None,
) -> dict[str, Any]:
    """A line about a person rather than a request."""
    return {
        "event": event,
        "submission": None,
        "kind": kind,
        "case": case,
        "participant": participant,
        "at": at.isoformat(),
        "fields": fields,
        "evidence": [],
    }


SOURCES: tuple[ExportSource, ...] = (
    RequestEvents(),
    PinRequests(),
    LetterRequests(),
    StaffLetters(),
)
