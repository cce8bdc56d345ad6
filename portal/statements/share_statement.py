"""Making a statement that others can check: read, laid out, signed, kept, told by mail."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.addresses import address
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.ledger.case_view import CaseView
from portal.rules.spans import Span
from portal.security import throttles
from portal.statements.codes import PURPOSE, new_code
from portal.statements.models import CODE, CONTENT, PDF, SharedStatement
from portal.statements.shareable import SharedContent, make_content, to_plain
from portal.statements.shared_pages import Addresses, Days, shared_pdf
from portal.statements.signing import canonical, key_to_sign, sign

CHECK_PAGE = "/statements/check"
"""Typed by people and printed on paper: it never changes."""


class TooMany(Exception):
    """The account made as many as it may in a day; `until` when it may again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Too many statements")
        self.until = until


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement ready to be kept; made before anything is locked, for laying it out is slow."""

    content: SharedContent
    days: Days
    code: str = field(repr=False)
    pdf: bytes = field(repr=False)

    def signed(self, statement_id: str) -> dict[str, Any]:
        """All that is signed: what it says, its dates, and the file."""
        return {
            "id": statement_id,
            "code": self.code,
            "made_on": self.days.made_on.isoformat(),
            "valid_until": self.days.valid_until.isoformat(),
            "says": to_plain(self.content),
            "file": hashlib.sha256(self.pdf).hexdigest(),
        }


def prepare(
    session: Session, context: Context, view: CaseView, period: Span, now: datetime
) -> Prepared:
    """Read what the statement says of a period, and print it.

    :raises portal.statements.shareable.NothingToShow: where there are no figures of the period.
    """
    content, code = make_content(session, view, period), new_code()
    made_on = context.agency.local_date(now)
    days = Days(made_on, made_on + timedelta(days=context.agency.statements.valid_days))
    pdf = shared_pdf(content, context.agency, code, _addresses(context, code), days)
    return Prepared(content, days, code, pdf)


def share(
    session: Session,
    context: Context,
    account: Account,
    prepared: Prepared,
    once: str,
    now: datetime,
) -> SharedStatement:
    """Keep a prepared statement, signed, and tell its owner by mail.

    A form sent twice (`once`) makes one: the second time gives the first one's.

    :raises TooMany: beyond what an account may make in a day.
    """
    # The counter's row is locked until the commit, so of two posts at one moment the second finds
    # what the first one made.
    gate = throttles.look(session, context.keyring, throttles.STATEMENT, account.id, now)
    made = _made_before(session, account, once)
    if made is not None:
        return made
    until = gate.closed_until(now)
    if until is not None:
        raise TooMany(until)
    gate.count(now)
    row = _row(session, context, account, prepared, once, now)
    session.add(row)
    session.flush()
    mail.tell(session, context, "statement_shared", account, now)
    record_event(session, "statement:shared", now=now, actor_id=account.id,
                 subject=("statement", row.id))  # fmt: skip
    return row


def _row(
    session: Session,
    context: Context,
    account: Account,
    prepared: Prepared,
    once: str,
    now: datetime,
) -> SharedStatement:
    assert account.participant_id is not None
    statement_id, seal = uuid.uuid4().hex, context.sealer.seal
    message = canonical(prepared.signed(statement_id))
    key = key_to_sign(session, context, now)
    return SharedStatement(
        id=statement_id,
        participant_id=account.participant_id,
        account_id=account.id,
        once=_once(account, once),
        made_at=now,
        key_id=key.id,
        signature=sign(context, key, message),
        code=seal(prepared.code, CODE, statement_id),
        code_lookup=context.keyring.lookup(PURPOSE, prepared.code),
        content=seal(message, CONTENT, statement_id),
        pdf=seal(base64.b64encode(prepared.pdf), PDF, statement_id),
    )


def _made_before(session: Session, account: Account, once: str) -> SharedStatement | None:
    wanted = select(SharedStatement).where(SharedStatement.once == _once(account, once))
    return session.scalars(wanted).first()


def _once(account: Account, once: str) -> str:
    """A form's own word, for its account alone."""
    return hashlib.sha256(f"{account.id}:{once}".encode()).hexdigest()


def _addresses(context: Context, code: str) -> Addresses:
    page = address(context, CHECK_PAGE)
    return Addresses(page, f"{page}/{code}")
