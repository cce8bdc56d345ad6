"""A person's cases, to choose one from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.ledger.case_view import my_cases
from portal.record.read_case import case_statuses
from portal.record.read_members import first_names
from portal.rules.disclosure import Datum, Shown, shown
from portal.rules.spans import Membership, viewer_over
from portal.rules.vocabulary import CaseStatus, Role


@dataclass(frozen=True, slots=True)
class CaseLabel:
    """One of a person's cases, in a line."""

    case_id: str
    role: Role
    children: tuple[str, ...]
    is_over: bool
    """The case is closed, or the person's part in it is over."""


def case_list(session: Session, participant_id: str | None, today: date) -> tuple[CaseLabel, ...]:
    """The person's cases: those that are over come last, else by case number."""
    mine = my_cases(session, participant_id, today)
    if not mine:
        return ()
    statuses = case_statuses(session, mine)
    children = first_names(session, mine)
    found = [
        CaseLabel(
            case_id,
            roles[-1].role,
            tuple(
                child.first_name
                for child in children.get(case_id, ())
                if child.first_name and _sees(roles, child.since, child.until)
            ),
            roles[-1].span.last < today or statuses[case_id] is CaseStatus.CLOSED,
        )
        for case_id, roles in mine.items()
        if case_id in statuses
    ]
    return tuple(sorted(found, key=lambda label: (label.is_over, label.case_id)))


def _sees(roles: tuple[Membership, ...], first: date, last: date | None) -> bool:
    viewer = viewer_over(roles, first, last)
    return viewer is not None and shown(Datum.CHILDRENS_NAMES, viewer) is Shown.FIRST_NAMES
