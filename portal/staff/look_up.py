"""Looking one parent up, for a reason: the right one or nobody, never a list (ACL-3, AUD-4).

Look-ups are counted for each worker, those that find nobody more closely: nobody trawls.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.find_account import find_by_email
from portal.accounts.match_person import has_case, was_born, with_ssn
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.record.models import Member, Participant
from portal.rules.vocabulary import Role
from portal.security import throttles
from portal.staff.note_opening import note_at_once
from portal.staff.parties import cases_of, is_party


class By(StrEnum):
    """What a parent is looked up by."""

    CASE = "case"
    SSN = "ssn"
    NAME = "name"
    EMAIL = "email"


class Side(StrEnum):
    """Which parent of a case."""

    PAYOR = "payor"
    CUSTODIAL = "custodial"


class Reason(StrEnum):
    """Why a record is opened; `portal.accounts.record_openings` has the words for parents."""

    CALL = "call"
    VISIT = "visit"
    WRITTEN = "written"
    CASE_WORK = "case_work"
    COURT = "court"
    COMPLAINT = "complaint"


_ROLES = {
    Side.PAYOR: (Role.NONCUSTODIAL.value,),
    Side.CUSTODIAL: (Role.CUSTODIAL.value, Role.GUARDIAN.value),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed: of the fields only those of `by` count."""

    by: By
    case_id: str = ""
    side: Side = Side.PAYOR
    ssn: str = ""
    """Nine digits."""
    first_name: str = ""
    """Empty for a person of one name."""
    last_name: str = ""
    born: date | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: at most one of the three."""

    participant_id: str | None = None
    is_close: bool = False
    """It is the worker, or somebody close to them: not theirs to open (ACL-4)."""
    closed_until: datetime | None = None
    """Too many look-ups: from then on again."""


def look_up(
    session: Session,
    context: Context,
    worker: Account,
    wanted: Wanted,
    reason: Reason,
    words: str,
    now: datetime,
) -> Answer:
    """The one parent who is meant; opening the record is written down with the reason.

    :param words: why, in the worker's own words: sealed, for the auditor.
    """
    gates = [
        throttles.look(session, context.keyring, policy, worker.id, now)
        for policy in (throttles.LOOK_UP, throttles.LOOK_UP_MISSED)
    ]
    closed = [until for gate in gates if (until := gate.closed_until(now)) is not None]
    if closed:
        _refused(session, worker, wanted, reason, now, "throttled")
        return Answer(closed_until=max(closed))
    gates[0].count(now)
    person = _only(find_people(session, context, wanted))
    if person is None:
        gates[1].count(now)
        _refused(session, worker, wanted, reason, now, "nobody")
        return Answer()
    if is_party(session, worker.id, case_ids=cases_of(session, person), participant_id=person):
        _refused(session, worker, wanted, reason, now, "close")
        return Answer(is_close=True)
    note_at_once(session, context.sealer, worker, person, reason.value, words, now)
    return Answer(participant_id=person)


def find_people(session: Session, context: Context, wanted: Wanted) -> set[str]:
    """Who of the grown-up people of the record fits."""
    if wanted.by is By.CASE:
        return _on_case(session, wanted.case_id, wanted.side)
    if wanted.by is By.SSN:
        return {person.participant_id for person in with_ssn(session, context, wanted.ssn)}
    if wanted.by is By.EMAIL:
        account = find_by_email(session, context.keyring, wanted.email)
        is_parent = account is not None and not account.is_staff and account.participant_id
        return {str(account.participant_id)} if account is not None and is_parent else set()
    return _named(session, context, wanted)


def _on_case(session: Session, case_id: str, side: Side) -> set[str]:
    """Whoever has the role now; where nobody has, whoever had it last."""
    rows = session.execute(
        select(Member.participant_id, Member.since, Member.until).where(
            Member.case_id.in_({case_id, case_id.upper()}), Member.role.in_(_ROLES[side])
        )
    ).all()
    now = {row.participant_id for row in rows if row.until is None}
    if now or not rows:
        return now
    last = max(row.until for row in rows)
    return {row.participant_id for row in rows if row.until == last}


def _named(session: Session, context: Context, wanted: Wanted) -> set[str]:
    born = wanted.born
    if born is None:
        return set()
    same = [
        or_(func.coalesce(column, "") == typed, func.lower(column) == typed.lower())
        for column, typed in (
            (Participant.first_name, wanted.first_name),
            (Participant.last_name, wanted.last_name),
        )
    ]
    return {
        person.participant_id
        for person in session.scalars(select(Participant).where(*same))
        if was_born(context.sealer, person, born) and has_case(session, person.participant_id)
    }


def _only(people: Iterable[str]) -> str | None:
    found = sorted(people)
    return found[0] if len(found) == 1 else None


def _refused(
    session: Session, worker: Account, wanted: Wanted, reason: Reason, now: datetime, why: str
) -> None:
    record_event(session, "staff:look-up:refused", now=now, actor_id=worker.id, outcome="refused",
                 detail={"by": wanted.by.value, "reason": reason.value, "why": why})  # fmt: skip
