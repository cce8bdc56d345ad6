"""A letter of the portal is opened by the person it is to: noted once the page is made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.notices.letter_models import LetterRead
from portal.web import clock
from portal.web.edge import write_afterwards


def note_opened(account_id: str, letter_id: str, *, saved: bool = False) -> None:
    """Have it written that the letter was read, the first time, and each time it is saved."""
    now = clock.now()

    def write(session: Session) -> None:
        _note_read(session, letter_id, account_id, now)
        if saved:
            _record(session, "letter:saved", letter_id, account_id, now)

    write_afterwards(write)


def _note_read(session: Session, letter_id: str, account_id: str, now: datetime) -> None:
    if session.get(LetterRead, letter_id) is not None:
        return
    try:
        with session.begin_nested():
            session.add(LetterRead(letter_id=letter_id, at=now))
    except IntegrityError:  # opened twice at the same moment
        return
    _record(session, "letter:read", letter_id, account_id, now)


def _record(session: Session, name: str, letter_id: str, account_id: str, now: datetime) -> None:
    record_event(session, name, now=now, actor_id=account_id, subject=("letter", letter_id))
