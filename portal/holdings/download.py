"""Handing a person a copy of everything we hold: counted, made, written down, told by mail."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.holdings.as_json import everything_json
from portal.holdings.as_pdf import everything_pdf
from portal.holdings.gather import gather
from portal.security import throttles
from portal.web.edge import Edges
from portal.web.holdings import Asked


class Kind(StrEnum):
    """As what it is saved."""

    JSON = "json"
    PDF = "pdf"


class TooMany(Exception):
    """The account saved as many as it may in a day; `until` when it may again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Too many copies")
        self.until = until


def download(
    edges: Edges, session: Session, context: Context, account: Account, kind: Kind, now: datetime
) -> bytes:
    """The file. It is counted before it is made, for making it is slow, and nothing is locked
    meanwhile; that it was made is written down and told in one transaction. One that could not be
    made is not counted.

    :raises TooMany: beyond what an account may save in a day.
    """
    account_id, participant_id = account.id, account.participant_id
    until = edges.reserve(lambda writing: _count(writing, context, account_id, now))
    if until is not None:
        raise TooMany(until)
    try:
        file = make(Asked(session, context, account_id, participant_id, now), kind)
    except Exception:
        edges.reserve(lambda writing: _gate(writing, context, account_id, now).take_back(now))
        raise
    writing = edges.act()
    owner = writing.get_one(Account, account_id)
    record_event(writing, "account:copy:saved", now=now, actor_id=account_id,
                 subject=("account", account_id), detail={"format": kind.value})  # fmt: skip
    mail.tell(writing, context, "everything_downloaded", owner, now)
    return file


def make(asked: Asked, kind: Kind) -> bytes:
    """The file, as it is at this moment."""
    agency, everything = asked.context.agency, gather(asked)
    if kind is Kind.JSON:
        return everything_json(everything, agency.names.agency)
    return everything_pdf(everything, agency)


def _count(session: Session, context: Context, account_id: str, now: datetime) -> datetime | None:
    """Count one more; until when none may be saved, where it is too many."""
    gate = _gate(session, context, account_id, now)
    until = gate.closed_until(now)
    if until is None:
        gate.count(now)
    return until


def _gate(session: Session, context: Context, account_id: str, now: datetime) -> throttles.Gate:
    return throttles.look(session, context.keyring, throttles.EVERYTHING, account_id, now)
