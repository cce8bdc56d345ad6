"""One's own statements for others: the list, one of them, its file, taking it back."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.audit.trail import record_event
from portal.context import Context
from portal.security.opaque import OpaqueIds
from portal.statements.check_statement import CHECKED, State, read
from portal.statements.models import PDF, SharedStatement
from portal.statements.shareable import SharedContent
from portal.statements.shared_pages import Days


@dataclass(frozen=True, slots=True)
class OwnShared:
    """A statement that its owner has for others."""

    token: str
    state: State
    code: str | None
    """None where its seals do not open any more."""
    content: SharedContent | None
    days: Days | None
    made_at: datetime
    checks: int
    """How often it was checked, the owner's own checks too."""
    checked_on: date | None
    """The last time, agency-local."""


def own_shared(
    session: Session, context: Context, participant_id: str, now: datetime
) -> list[OwnShared]:
    """All of the person's, whichever account made them, the newest first."""
    wanted = select(SharedStatement).where(SharedStatement.participant_id == participant_id)
    newest_first = wanted.order_by(SharedStatement.made_at.desc(), SharedStatement.id)
    rows = session.scalars(newest_first).all()
    checks = checks_of(session, [row.id for row in rows])
    return [_own(session, context, row, checks, now) for row in rows]


def checks_of(session: Session, ids: Sequence[str]) -> Mapping[str, tuple[int, datetime]]:
    """How often each statement was checked, and when last; of those that were."""
    chosen = select(AuditEvent.subject_id, func.count(), func.max(AuditEvent.at)).where(
        AuditEvent.subject_kind == "statement",
        AuditEvent.subject_id.in_(ids),
        AuditEvent.name == CHECKED,
    )
    found = session.execute(chosen.group_by(AuditEvent.subject_id)) if ids else ()
    return {str(subject): (count, last) for subject, count, last in found}


def shared_token(opaque: OpaqueIds, participant_id: str, statement_id: str) -> str:
    """The statement in an address of its owner: never the code."""
    return opaque.hide("statement", statement_id, within=participant_id)


def find_own(
    session: Session, context: Context, participant_id: str, token: str, now: datetime
) -> OwnShared:
    """The person's statement behind an address's token.

    :raises LookupError: alike for what never was and what is another's (ACL-1).
    """
    row = _row(session, context, participant_id, token)
    return _own(session, context, row, checks_of(session, [row.id]), now)


def open_file(session: Session, context: Context, participant_id: str, token: str) -> bytes:
    """The PDF as it was made. :raises LookupError: as `find_own` does."""
    row = _row(session, context, participant_id, token)
    return base64.b64decode(context.sealer.open_bytes(row.pdf, PDF, row.id))


def take_back(
    session: Session, context: Context, account: Account, token: str, now: datetime
) -> None:
    """From this moment whoever checks it is told that it does not count; once is enough.

    :raises LookupError: as `find_own` does.
    """
    row = _row(session, context, account.participant_id or "", token)
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    record_event(session, "statement:taken-back", now=now, actor_id=account.id,
                 subject=("statement", row.id))  # fmt: skip


def _row(session: Session, context: Context, participant_id: str, token: str) -> SharedStatement:
    key = context.opaque.reveal("statement", token, within=participant_id)
    row = session.get(SharedStatement, key) if key else None
    if row is None or row.participant_id != participant_id:
        raise LookupError(token)
    return row


def _own(
    session: Session,
    context: Context,
    row: SharedStatement,
    checks: Mapping[str, tuple[int, datetime]],
    now: datetime,
) -> OwnShared:
    count, last = checks.get(row.id, (0, None))
    found = read(session, context, row, now)
    return OwnShared(
        shared_token(context.opaque, row.participant_id, row.id),
        found.state,
        found.code,
        found.content,
        found.days,
        row.made_at,
        count,
        context.agency.local_date(last) if last is not None else None,
    )
