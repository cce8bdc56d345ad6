"""Checking a statement by its code: is it ours, unaltered, still good?

There are five answers. A code that we never gave out and one that was mistyped are the same answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.context import Context
from portal.security.sealing import SealBroken
from portal.statements.codes import PURPOSE, normalise
from portal.statements.models import CODE, CONTENT, SharedStatement, StatementKey
from portal.statements.shareable import SharedContent, from_plain
from portal.statements.shared_pages import Days
from portal.statements.signing import SignatureBroken, check_signature

CHECKED = "statement:checked"


class State(StrEnum):
    """What is said of a statement."""

    VALID = "valid"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"
    BROKEN = "broken"
    """What we keep of it is not what was signed: nobody should rely on it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement as it was signed, and what is to be said of it."""

    statement_id: str
    state: State
    code: str | None = None
    content: SharedContent | None = None
    days: Days | None = None
    file: str | None = None
    """SHA-256 of the PDF that we made, in hex."""

    def is_our_file(self, data: bytes) -> bool:
        """Whether a file is the one that we made, to the last bit."""
        return self.file is not None and hashlib.sha256(data).hexdigest() == self.file


def check_code(session: Session, context: Context, typed: str, now: datetime) -> Checked | None:
    """What is to be said of the statement with a code; None where we gave out no such code."""
    code = normalise(typed)
    if code is None:
        return None
    lookups = context.keyring.lookups(PURPOSE, code)
    wanted = select(SharedStatement).where(SharedStatement.code_lookup.in_(lookups))
    row = session.scalars(wanted).first()
    return None if row is None else read(session, context, row, now)


def read(session: Session, context: Context, row: SharedStatement, now: datetime) -> Checked:
    """Open what was signed and verify it; what does not hold is `BROKEN` and says nothing."""
    key = session.get(StatementKey, row.key_id)
    try:
        message = context.sealer.open_bytes(row.content, CONTENT, row.id)
        code = context.sealer.open(row.code, CODE, row.id)
        check_signature(context, key, message, row.signature)
        signed = json.loads(message)
        if signed["id"] != row.id or signed["code"] != code:
            raise SignatureBroken
        content = from_plain(signed["says"])
    except (SealBroken, SignatureBroken, ValueError, KeyError):
        return Checked(row.id, State.BROKEN)
    made_on, until = (date.fromisoformat(signed[name]) for name in ("made_on", "valid_until"))
    state = State.VALID
    if row.revoked_at is not None:
        state = State.TAKEN_BACK
    elif context.agency.local_date(now) > until:
        state = State.EXPIRED
    return Checked(row.id, state, code, content, Days(made_on, until), signed["file"])


def note_check(session: Session, checked: Checked, now: datetime) -> None:
    """Write down that somebody checked it: that, and nothing about who."""
    record_event(session, CHECKED, now=now, subject=("statement", checked.statement_id),
                 detail={"state": checked.state.value})  # fmt: skip
