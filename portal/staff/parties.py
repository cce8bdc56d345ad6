"""Nobody of the staff acts on a case they are a party to, or that is their family's (ACL-4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.match_person import with_ssn
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.record.models import Member
from portal.requests.models import Submission
from portal.rules.vocabulary import Role
from portal.security import throttles
from portal.staff.models import StaffParty


class PartyToCase(PermissionError):
    """The worker, or somebody close to them, is a party to the case."""


class TooManyNamed(Exception):
    """Too many were named today as close to somebody: numbers are not to be tried out."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def is_party(
    session: Session, worker_id: str, *, case_ids: Iterable[str] = (), participant_id: str = ""
) -> bool:
    """Whether the worker declared, or was declared, close to a person on one of the cases."""
    mine = set(
        session.scalars(select(StaffParty.participant_id).where(StaffParty.account_id == worker_id))
    )
    if not mine:
        return False
    if participant_id in mine:
        return True
    on_cases = select(Member.participant_id).where(Member.case_id.in_(list(case_ids)))
    return not mine.isdisjoint(session.scalars(on_cases))


def close_people(session: Session, worker_id: str, people: Collection[str]) -> set[str]:
    """Of these people those whom the worker is, is close to, or who share a case with one of them:
    what `is_party` says of each, in two queries."""
    close = select(StaffParty.participant_id).where(StaffParty.account_id == worker_id)
    mine = set(session.scalars(close))
    if not mine:
        return set()
    their_cases = select(Member.case_id).where(Member.participant_id.in_(close))
    chosen = select(Member.participant_id).where(
        Member.case_id.in_(their_cases), Member.participant_id.in_(people)
    )
    return set(session.scalars(chosen)) | mine.intersection(people)


def keep_parties_out(session: Session, worker: Account, submission: Submission) -> None:
    """Go on only where the worker has nothing to do with the request's cases or its sender.

    Raises `PartyToCase`.
    """
    case_ids = [case.case_id for case in submission.cases]
    if not case_ids:  # about the person: all of the person's cases count
        case_ids = cases_of(session, submission.participant_id)
    keep_out(session, worker, submission.participant_id, case_ids)


def keep_out(
    session: Session, worker: Account, participant_id: str, case_ids: Iterable[str]
) -> None:
    """The same for a person of the record and cases. Raises `PartyToCase`."""
    if is_party(session, worker.id, case_ids=case_ids, participant_id=participant_id):
        raise PartyToCase(worker.id)


def cases_of(session: Session, participant_id: str) -> list[str]:
    """Every case the person is or was on."""
    chosen = select(Member.case_id).where(Member.participant_id == participant_id)
    return list(session.scalars(chosen.distinct()))


def declare_close(
    session: Session,
    context: Context,
    worker_id: str,
    typed: str,
    *,
    by: Account,
    now: datetime,
) -> None:
    """Note whom of the record a worker is, or is close to; whether there is one stays unsaid.

    :param typed: a Social Security number, or a case number: then all its parents and guardians.
    :raises TooManyNamed: where `by` named as many as a day allows.
    """
    gate = throttles.look(session, context.keyring, throttles.CLOSE_PERSON, by.id, now)
    if (until := gate.closed_until(now)) is not None:
        raise TooManyNamed(until)
    gate.count(now)
    number = "".join(sign for sign in typed if sign.isascii() and sign.isdecimal())
    on_case = select(Member.participant_id).where(
        Member.case_id.in_({typed.strip(), typed.strip().upper()}), Member.role != Role.CHILD.value
    )
    people = set(session.scalars(on_case))
    if len(number) == 9:
        people |= {person.participant_id for person in with_ssn(session, context, number)}
    for participant_id in sorted(people):
        declare(session, worker_id, participant_id, by=by, now=now)
    record_event(session, "staff:party:told", now=now, actor_id=by.id,
                 subject=("account", worker_id))  # fmt: skip


def declare(
    session: Session, worker_id: str, participant_id: str, *, by: Account, now: datetime
) -> None:
    """Note that a worker is, or is close to, a person of the record."""
    if session.get(StaffParty, (worker_id, participant_id)) is not None:
        return
    session.add(
        StaffParty(
            account_id=worker_id, participant_id=participant_id, declared_by=by.id, declared_at=now
        )
    )
    session.flush()
    record_event(session, "staff:party:declared", now=now, actor_id=by.id,
                 subject=("account", worker_id))  # fmt: skip
