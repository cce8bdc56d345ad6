"""A parent's record as the staff see it: what the parent sees of the cases, and the account.

Never a password, a hint or a code; of the Social Security number the last four digits; nothing that
locates a person with a safety mark, without leave (PRV-2, PRV-3).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.contact import email_key
from portal.accounts.end_sessions import live_sessions
from portal.accounts.find_account import email_of, find_by_participant
from portal.accounts.models import Account
from portal.context import Context
from portal.ledger.balances import balances_shown
from portal.ledger.case_view import open_cases
from portal.notices.portal_letters import OwnLetter, letters_to
from portal.record.models import Participant
from portal.record.names import full_name
from portal.requests.models import Submission
from portal.requests.summary import RequestSummary, summaries
from portal.rules.vocabulary import Role
from portal.security import throttles
from portal.staff.parties import cases_of, keep_out
from portal.staff.protected_location import at_risk, may_see_location


@dataclass(frozen=True, slots=True)
class CaseOfPerson:
    """A case in a line, with the sums of the parent's own page."""

    case_id: str
    role: Role
    is_closed: bool
    ended_on: date | None
    past_due: Decimal
    total: Decimal
    as_of: date


@dataclass(frozen=True, slots=True)
class AccountState:
    """What can be told of an account without opening it."""

    email: str
    """Masked: enough to know it, too little to write to it."""
    is_confirmed: bool
    language: str
    factors: tuple[str, ...]
    """Kinds: ``passkey``, ``app``, ``text``, ``card``."""
    locked_until: datetime | None
    sessions: int
    last_signed_in_at: datetime | None
    is_disabled: bool
    needs_password: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Everything of the page."""

    participant_id: str
    name: str
    ssn_last4: str
    is_marked: bool
    location_hidden: bool
    address: tuple[str, ...]
    """Lines of the address on record; none where it is kept back."""
    phones: tuple[str, ...]
    cases: tuple[CaseOfPerson, ...]
    requests: tuple[RequestSummary, ...]
    letters: tuple[OwnLetter, ...]
    account: AccountState | None


def read_person(
    session: Session, context: Context, worker: Account, participant_id: str, now: datetime
) -> Person:
    """The person's record. Raises `LookupError`, `portal.staff.parties.PartyToCase` (ACL-4)."""
    person = session.get(Participant, participant_id)
    if person is None:
        raise LookupError(participant_id)
    keep_out(session, worker, participant_id, cases_of(session, participant_id))
    hidden = not may_see_location(session, worker, None, participant_id, now)
    private = json.loads(context.sealer.open(person.private, "participants.private",
                                             participant_id))  # fmt: skip
    sent = (
        select(Submission)
        .where(Submission.participant_id == participant_id)
        .order_by(Submission.submitted_at.desc(), Submission.id)
    )
    account = find_by_participant(session, participant_id)
    return Person(
        participant_id=participant_id,
        name=full_name(person),
        ssn_last4=(private.get("ssn") or "")[-4:],
        is_marked=at_risk(session, participant_id),
        location_hidden=hidden,
        address=() if hidden else _lines(private),
        phones=() if hidden else _phones(private),
        cases=_cases(session, context, participant_id, context.agency.local_date(now)),
        requests=tuple(summaries(session, session.scalars(sent).all())),
        letters=tuple(letters_to(session, context.sealer, participant_id)),
        account=state_of(session, context, account, now) if account else None,
    )


def mask(address: str) -> str:
    """``j…@example.org``"""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def state_of(session: Session, context: Context, account: Account, now: datetime) -> AccountState:
    """The state of an account."""
    email = email_of(context.sealer, account)
    return AccountState(
        email=mask(email),
        is_confirmed=account.email_confirmed_at is not None,
        language=account.language,
        factors=_kinds(account),
        locked_until=_locked_until(session, context, account, email, now),
        sessions=len(live_sessions(session, account, now)),
        last_signed_in_at=account.last_signed_in_at,
        is_disabled=account.disabled_at is not None,
        needs_password=account.must_change_password_at is not None,
    )


def _kinds(account: Account) -> tuple[str, ...]:
    has = {
        "passkey": bool(account.passkeys),
        "app": account.totp is not None,
        "text": account.gets_texts,
        "card": account.card is not None,
    }
    return tuple(kind for kind, is_there in has.items() if is_there)


def _locked_until(
    session: Session, context: Context, account: Account, email: str, now: datetime
) -> datetime | None:
    """The latest of the waits that password, code and security question are under."""
    counted = (
        (throttles.PASSWORD, email_key(email)),
        (throttles.CODE, account.id),
        (throttles.HINT, account.id),
    )
    waits = [
        until
        for policy, subject in counted
        if (until := throttles.peek(session, context.keyring, policy, subject, now)) is not None
    ]
    return max(waits, default=None)


def _cases(
    session: Session, context: Context, participant_id: str, today: date
) -> tuple[CaseOfPerson, ...]:
    found = []
    for view in open_cases(session, participant_id, agency=context.agency, today=today):
        owed = balances_shown(session, view)
        found.append(
            CaseOfPerson(
                view.case_id,
                view.role,
                view.is_closed,
                view.ended_on,
                owed.past_due,
                owed.total,
                owed.as_of,
            )
        )
    return tuple(found)


def _lines(private: dict[str, Any]) -> tuple[str, ...]:
    place = " ".join(
        part
        for key in ("mail_city", "mail_state", "mail_postal_code")
        if (part := private.get(key))
    )
    lines = (private.get("mail_line1"), private.get("mail_line2"), place,
             private.get("mail_country"))  # fmt: skip
    return tuple(line for line in lines if line)


def _phones(private: dict[str, Any]) -> tuple[str, ...]:
    numbers = (private.get("cell_phone"), private.get("home_phone"))
    return tuple(number for number in numbers if number)
