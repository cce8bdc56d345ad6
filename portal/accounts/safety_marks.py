"""The safety mark: a participant who is at risk of harm from the other parent (PRV-2).

It is a table of ours by participant. The parent sets it; a load sets it where the agency's value
turns to yes or is missing. A load never lifts it: that is done in person by two of the staff.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import String, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.database import Base

_CHUNK = 500


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


def is_lifted(session: Session, participant_id: str) -> bool:
    """Whether the participant was marked and two of the staff lifted it since."""
    mark = session.get(SafetyMark, participant_id)
    return mark is not None and not mark.marked


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


def lift_mark(session: Session, participant_id: str, now: datetime) -> bool:
    """Lift a mark: by two of the staff, in person. Returns whether that changed anything."""
    mark = session.get(SafetyMark, participant_id)
    if mark is None or not mark.marked:
        return False
    mark.marked, mark.set_by, mark.changed_at = False, "staff", now
    session.flush()
    return True


def set_marks_from_feed(session: Session, participant_ids: Iterable[str], now: datetime) -> int:
    """Mark those whose value in the record turned to yes or missing; returns how many changed.

    Set-based: a load may bring many, and it holds the write lock meanwhile.
    """
    changed = 0
    ids = iter(participant_ids)
    while chunk := list(islice(ids, _CHUNK)):
        chosen = select(SafetyMark.participant_id, SafetyMark.marked).where(
            SafetyMark.participant_id.in_(chunk)
        )
        known = {row.participant_id: row.marked for row in session.execute(chosen)}
        lifted = [pid for pid in chunk if known.get(pid) is False]
        values: dict[str, Any] = {"marked": True, "set_by": "feed", "changed_at": now}
        if lifted:
            session.execute(
                update(SafetyMark).where(SafetyMark.participant_id.in_(lifted)).values(values)
            )
        new = [{"participant_id": pid, **values} for pid in chunk if pid not in known]
        if new:
            session.execute(insert(SafetyMark), new)
        changed += len(lifted) + len(new)
    return changed
