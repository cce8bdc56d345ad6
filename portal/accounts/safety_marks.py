"""The safety mark: a participant who is at risk of harm from the other parent (PRV-2).

It is a table of ours by participant. The parent sets it; a load sets it where the agency's value
turns to yes or is missing. A load never lifts it: that is done in person by two of the staff.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.database import Base


class SafetyMark(Base):
    """Whether a participant is marked. No row means: never marked."""

    __tablename__ = "safety_marks"

    participant_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    marked: Mapped[bool]
    set_by: Mapped[str] = mapped_column(String(8))
    """``feed``, ``parent`` or ``staff``"""
    changed_at: Mapped[datetime]


def is_marked(session: Session, participant_id: str) -> bool:
    """Whether the participant is marked now."""
    mark = session.get(SafetyMark, participant_id)
    return mark is not None and mark.marked


def set_mark(session: Session, participant_id: str, *, set_by: str, now: datetime) -> bool:
    """Mark a participant. Returns whether that changed anything."""
    mark = session.get(SafetyMark, participant_id)
    if mark is not None and mark.marked:
        return False
    if mark is None:
        mark = SafetyMark(participant_id=participant_id)
        session.add(mark)
    mark.marked, mark.set_by, mark.changed_at = True, set_by, now
    session.flush()
    return True


def set_marks_from_feed(session: Session, participant_ids: Iterable[str], now: datetime) -> int:
    """Mark those whose value in the record turned to yes or missing; returns how many changed."""
    return sum(set_mark(session, pid, set_by="feed", now=now) for pid in participant_ids)
