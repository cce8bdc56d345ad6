"""What happened on an account, for its owner (AUD-4)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.history_words import WORDS, device_words, words_for
from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.web.paging import cut

A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    at: datetime
    words: str
    device: str


@dataclass(frozen=True, slots=True)
class History:
    """A page of it, the newest first."""

    entries: list[Entry]
    page: int
    pages: int


def history(session: Session, account: Account, page: int) -> History:
    """What the account's owner did, and what was done to the account; nobody else's events.

    :param page: the first is 1; one past the end is the last one.
    """
    mine = and_(_is_of(account), _has_words())
    count = session.scalar(select(func.count()).select_from(AuditEvent).where(mine)) or 0
    shown = cut(count, A_PAGE, page)
    newest_first = select(AuditEvent).where(mine).order_by(AuditEvent.id.desc())
    found = session.scalars(newest_first.offset(shown.start).limit(A_PAGE))
    entries = [Entry(event.at, words_for(event), device_words(event)) for event in found]
    return History(entries, shown.page, shown.pages)


def whole_history(session: Session, account: Account) -> list[tuple[str, str, Entry]]:
    """All of it, the oldest first, each with its tag and its outcome."""
    mine = and_(_is_of(account), _has_words())
    found = session.scalars(select(AuditEvent).where(mine).order_by(AuditEvent.id))
    return [
        (event.name, event.outcome, Entry(event.at, words_for(event), device_words(event)))
        for event in found
    ]


def _is_of(account: Account) -> ColumnElement[bool]:
    subject = and_(AuditEvent.subject_kind == "account", AuditEvent.subject_id == account.id)
    return or_(AuditEvent.actor_id == account.id, subject)


def _has_words() -> ColumnElement[bool]:
    tags = defaultdict(list)
    for name, outcome in WORDS:
        tags[outcome].append(name)
    return or_(
        *(
            and_(AuditEvent.outcome == outcome, AuditEvent.name.in_(names))
            for outcome, names in tags.items()
        )
    )
