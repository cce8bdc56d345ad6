"""Who of the staff opened one's record: for the person whose record it is, nobody else (AUD-4).

A case has two parents, so nothing here may tell one of them what the other one did (PRV-1, PRV-2):
days without the time of day, each once, in an order that does not follow the clock; and a reason
that somebody else can have caused reads like any other work on the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.opening_models import RecordOpening
from portal.accounts.staff_models import StaffMember
from portal.rules.agency import Agency
from portal.web.paging import cut

A_PAGE = 25
WORK = "case_work"
OWN = frozenset({"request", "call", "visit", "written", "help", "approval"})
"""Reasons that the person whose record it is caused; all others are told as work on the case."""
REASONS: Mapping[str, str] = {
    "request": _l("To answer a request of yours"),
    "call": _l("You called us"),
    "visit": _l("You came to our office"),
    "written": _l("You wrote to us"),
    "help": _l("To help you with your account"),
    "approval": _l("To approve what a colleague asked for"),
    WORK: _l("To work on your case"),
}
"""By code, as the person reads them."""
ROLES: Mapping[str, str] = {
    "caseworker": _l("A caseworker"),
    "supervisor": _l("A supervisor"),
    "auditor": _l("An auditor"),
    "operator": _l("An operator"),
}


@dataclass(frozen=True, slots=True, order=True)
class OwnOpening:
    """Openings of one day, by one role (and name, where names are told), for one kind of reason."""

    on: date
    """Agency-local."""
    role: str
    name: str
    """Empty unless the agency's profile says that names are told."""
    reason: str
    """A code of `REASONS`."""

    @property
    def who(self) -> str:
        """In words."""
        role = role_words(self.role)
        return f"{role}, {self.name}" if self.name else role

    @property
    def why(self) -> str:
        """In words."""
        return str(REASONS[self.reason])


@dataclass(frozen=True, slots=True)
class OwnOpenings:
    """A page of them, the newest day first."""

    entries: list[OwnOpening]
    page: int
    pages: int


def openings_of(session: Session, agency: Agency, participant_id: str) -> list[OwnOpening]:
    """What the person may read of who opened their record, the newest day first."""
    chosen = (
        select(RecordOpening.at, RecordOpening.role, RecordOpening.reason, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.account_id == RecordOpening.account_id)
        .where(RecordOpening.participant_id == participant_id)
    )
    names_shown = agency.staff.names_shown
    found = {
        OwnOpening(
            agency.local_date(row.at),
            row.role,
            (row.name or "") if names_shown else "",
            row.reason if row.reason in OWN else WORK,
        )
        for row in session.execute(chosen)
    }
    return sorted(found, key=lambda it: (-it.on.toordinal(), it))


def page_of(found: list[OwnOpening], page: int) -> OwnOpenings:
    """:param page: the first is 1; one past the end is the last one."""
    shown = cut(len(found), A_PAGE, page)
    return OwnOpenings([*shown.of(found)], shown.page, shown.pages)


def role_words(role: str) -> str:
    """A role as the person reads it."""
    return str(ROLES.get(role, _("Somebody of our staff")))
