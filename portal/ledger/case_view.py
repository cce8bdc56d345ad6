"""One case as one member may see it at a date: who looks, in which role, from when to when.

Everything a page shows of a case starts here, and is built only through the disclosure table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy.orm import Session

from portal.record.read_case import CaseRow, read_case, read_cases
from portal.record.read_members import memberships_of
from portal.record.read_payments import PaymentRow
from portal.rules.agency import Agency
from portal.rules.disclosure import Viewer
from portal.rules.spans import (
    Membership,
    Span,
    clip,
    merge,
    viewer_on,
    viewer_over,
    with_access,
    years_before,
)
from portal.rules.vocabulary import CaseStatus, Interstate, Role, Service
from portal.security.opaque import OpaqueIds


@dataclass(frozen=True)
class CaseView:
    """A case and the member who looks at it."""

    participant_id: str
    row: CaseRow
    mine: Mapping[str, tuple[Membership, ...]]
    """The member's roles that give access, on this and on every other case of theirs."""
    today: date
    agency: Agency
    kept: dict[str, Mapping[str, PaymentRow]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """For `payment_rows` alone: the payments, once they were read. A view lives for one request."""

    @property
    def case_id(self) -> str:
        """The case number; never in an address."""
        return self.row.case_id

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """The member's roles on this case that give access, the present or last one last."""
        return self.mine[self.case_id]

    @property
    def role(self) -> Role:
        """The role held now, or held last."""
        return self.memberships[-1].role

    @property
    def viewer(self) -> Viewer:
        """As whom the member looks now; what is older may have been seen in another role."""
        return Viewer.PAYOR if self.is_payor else Viewer.CUSTODIAL

    @property
    def is_payor(self) -> bool:
        """Whether the member pays on this case, now or when they were last on it."""
        return self.role is Role.NONCUSTODIAL

    @cached_property
    def ended_on(self) -> date | None:
        """The last day of the last role, when that is over."""
        last = max(held.span.last for held in self.memberships)
        return last if last < self.today else None

    @property
    def as_of(self) -> date:
        """The day that sums speak of: the extract's, or the last day of an ended role."""
        return min(self.row.as_of, self.ended_on or date.max)

    @property
    def is_closed(self) -> bool:
        """Whether the case is closed. One who left before is not told what became of it."""
        return self.row.status is CaseStatus.CLOSED and self.ended_on is None

    @property
    def is_withholding_only(self) -> bool:
        """Whether the agency only passes on what the employer withholds."""
        return self.row.service is Service.INCOME_WITHHOLDING_ONLY

    @property
    def another_agency(self) -> bool:
        """Whether another agency takes part; which one is not told.

        The record does not say since when: one who left before is not told, it may be later.
        """
        return self.row.interstate is not Interstate.NONE and self.ended_on is None

    @cached_property
    def history_from(self) -> date:
        """Four years ago (the profile's figure): lists and exports show no more."""
        return years_before(self.today, self.agency.payments.history_years)

    @cached_property
    def roles_spans(self) -> tuple[Span, ...]:
        """The days on which the member had a role, in as few spans as possible."""
        return merge(held.span for held in self.memberships)

    @cached_property
    def windows(self) -> tuple[Span, ...]:
        """The days whose charges and payments show: those of a role, four years back at most."""
        return clip(self.roles_spans, self.history_from)

    @property
    def opens_on(self) -> date:
        """The day on which the ledger opens: the later of four years ago and the first role's."""
        return self.windows[0].first if self.windows else self.history_from

    def viewer_on(self, day: date) -> Viewer | None:
        """As whom the member looks at what happened on a day; None outside the windows."""
        return viewer_on(self.memberships, day) if day >= self.history_from else None

    def viewer_over(self, first: date, last: date | None) -> Viewer | None:
        """As whom the member looks at what lasted; four years do not bound it."""
        return viewer_over(self.memberships, first, last)


def my_cases(
    session: Session, participant_id: str | None, today: date
) -> dict[str, tuple[Membership, ...]]:
    """The cases a person may open, with the roles that open them. Children open none."""
    if participant_id is None:
        return {}
    held = {
        case_id: with_access(memberships, today)
        for case_id, memberships in memberships_of(session, participant_id).items()
    }
    return {case_id: roles for case_id, roles in held.items() if roles}


def case_token(opaque: OpaqueIds, participant_id: str, case_id: str) -> str:
    """The case in an address: opens for this person only."""
    return opaque.hide("case", case_id, within=participant_id)


def open_case(
    session: Session, participant_id: str, case_id: str, *, agency: Agency, today: date
) -> CaseView | None:
    """The case as the person may see it; None where they may not, or there is none."""
    mine = my_cases(session, participant_id, today)
    row = read_case(session, case_id) if case_id in mine else None
    return CaseView(participant_id, row, mine, today, agency) if row else None


def open_cases(
    session: Session, participant_id: str, *, agency: Agency, today: date
) -> list[CaseView]:
    """All the person's cases as they may see them, by case number, in two queries."""
    mine = my_cases(session, participant_id, today)
    rows = read_cases(session, mine)
    return [CaseView(participant_id, rows[key], mine, today, agency) for key in sorted(rows)]


def view_behind(opaque: OpaqueIds, views: Sequence[CaseView], token: str) -> CaseView:
    """Of one person's cases the one behind an address's token.

    Raises `LookupError` for a token that is made up or not one's own, alike (ACL-1).
    """
    case_id = opaque.reveal("case", token, within=views[0].participant_id) if views else None
    for view in views:
        if view.case_id == case_id:
            return view
    raise LookupError(token)


def find_case(
    session: Session,
    opaque: OpaqueIds,
    participant_id: str | None,
    token: str,
    *,
    agency: Agency,
    today: date,
) -> CaseView | None:
    """The case behind an address's token; None for a token that is made up or not one's own."""
    if participant_id is None:
        return None
    case_id = opaque.reveal("case", token, within=participant_id)
    if case_id is None:
        return None
    return open_case(session, participant_id, case_id, agency=agency, today=today)
