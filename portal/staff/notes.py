"""Notes on a request, for the staff alone: never exported, never shown to a parent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import StaffMember
from portal.audit.trail import record_event
from portal.security.sealing import Sealer
from portal.staff.hold import hold
from portal.staff.models import StaffNote

MOST_WORDS = 4000
WORDS = "staff_notes.words"
"""The place that a note is sealed for."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note as colleagues read it."""

    author: str
    at: datetime
    words: str


def add_note(
    session: Session, sealer: Sealer, worker: Account, number: str, words: str, now: datetime
) -> StaffNote:
    """Add a note. Whoever works requests may, whoever has it: a note changes nothing of it.

    Raises `LookupError` and `portal.staff.parties.PartyToCase`.
    """
    submission = hold(session, worker, number, None)
    note_id = uuid.uuid4().hex
    note = StaffNote(
        id=note_id,
        submission_id=submission.id,
        author_id=worker.id,
        at=now,
        words=sealer.seal(words, WORDS, note_id),
    )
    session.add(note)
    session.flush()
    record_event(session, "request:note:added", now=now, actor_id=worker.id,
                 subject=("request", submission.id), detail={"note": note_id})  # fmt: skip
    return note


def notes_of(session: Session, sealer: Sealer, submission_id: str) -> tuple[Note, ...]:
    """The notes on a request, the oldest first."""
    chosen = (
        select(StaffNote, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.account_id == StaffNote.author_id)
        .where(StaffNote.submission_id == submission_id)
        .order_by(StaffNote.at, StaffNote.id)
    )
    return tuple(
        Note(name or "", note.at, sealer.open(note.words, WORDS, note.id))
        for note, name in session.execute(chosen)
    )
