"""What is loaded: the extracts of late, and the record that parents see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.feeds.models import Load
from portal.record.current import current_name


@dataclass(frozen=True, slots=True)
class Status:
    """The newest loads first, and the name of the current record."""

    record: str | None
    loads: tuple[Load, ...]


def status(session: Session, most: int = 10) -> Status:
    """The last ``most`` loads and the current record."""
    newest = select(Load).order_by(Load.sequence.desc()).limit(most)
    return Status(current_name(session), tuple(session.scalars(newest)))
