"""Who of the staff opened one's record: for the person whose record it is, nobody else (AUD-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.opening_models import RecordOpening
from portal.accounts.staff_models import StaffMember

A_PAGE = 25
REASONS: Mapping[str, str] = {
    "request": _l("To answer a request of yours"),
    "letter": _l("To work on your case"),
    "call": _l("You called us"),
    "visit": _l("You came to our office"),
    "written": _l("You wrote to us"),
    "case_work": _l("To work on your case"),
    "court": _l("A court or another agency asked us"),
    "complaint": _l("To look into a complaint"),
    "help": _l("To help you with your account"),
    "approval": _l("To approve what a colleague asked for"),
}
"""By code, as the person reads them."""
ROLES: Mapping[str, str] = {
    "caseworker": _l("A caseworker"),
    "supervisor": _l("A supervisor"),
    "auditor": _l("An auditor"),
    "operator": _l("An operator"),
}


@dataclass(frozen=True, slots=True)
class OwnOpening:
    """One opening, in words."""

    at: datetime
    who: str
    """The role; the name only where the agency's profile says so."""
    why: str


@dataclass(frozen=True, slots=True)
class OwnOpenings:
    """A page of them, the newest first."""

    entries: list[OwnOpening]
    page: int
    pages: int


def openings_of(session: Session, account: Account, page: int, *, names_shown: bool) -> OwnOpenings:
    """Who opened the record of the account's owner.

    :param page: the first is 1; one past the end is the last one.
    """
    mine = RecordOpening.participant_id == (account.participant_id or "")
    count = session.scalar(select(func.count()).select_from(RecordOpening).where(mine)) or 0
    pages = max(1, -(-count // A_PAGE))
    page = min(max(page, 1), pages)
    newest_first = (
        select(RecordOpening, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.account_id == RecordOpening.account_id)
        .where(mine)
        .order_by(RecordOpening.at.desc(), RecordOpening.id)
    )
    found = session.execute(newest_first.offset((page - 1) * A_PAGE).limit(A_PAGE))
    entries = [_own(row, name if names_shown else None) for row, name in found]
    return OwnOpenings(entries, page, pages)


def _own(opening: RecordOpening, name: str | None) -> OwnOpening:
    role = str(ROLES.get(opening.role, _("Somebody of our staff")))
    why = str(REASONS.get(opening.reason, _("To work on your case")))
    return OwnOpening(opening.at, f"{role}, {name}" if name else role, why)
