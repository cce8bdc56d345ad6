"""Who is on which case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.record.models import Member, Participant
from portal.rules.spans import Membership, Span
from portal.rules.vocabulary import Role


def memberships_of(session: Session, participant_id: str) -> dict[str, tuple[Membership, ...]]:
    """The person's roles on every case, children's too, by case id."""
    query = select(Member.case_id, Member.role, Member.since, Member.until).where(
        Member.participant_id == participant_id
    )
    found: dict[str, tuple[Membership, ...]] = {}
    for case_id, role, since, until in session.execute(query):
        held = Membership(Role(role), Span(since, until or date.max))
        found[case_id] = (*found.get(case_id, ()), held)
    return found


@dataclass(frozen=True, slots=True)
class Child:
    """A child of a case."""

    first_name: str | None
    since: date
    until: date | None


def first_names(session: Session, case_ids: Collection[str]) -> dict[str, tuple[Child, ...]]:
    """The children of cases by case, in the order of their first names."""
    query = (
        select(Member.case_id, Participant.first_name, Member.since, Member.until)
        .join(Participant, Member.participant_id == Participant.participant_id)
        .where(Member.case_id.in_(case_ids), Member.role == Role.CHILD)
        .order_by(Participant.first_name, Member.since)
    )
    found: dict[str, tuple[Child, ...]] = {}
    for case_id, name, since, until in session.execute(query):
        found[case_id] = (*found.get(case_id, ()), Child(name, since, until))
    return found
