"""Who has a request, as its sender is told: a role, or a name where the agency shows names (N4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.staff_models import StaffMember
from portal.requests.summary import RequestSummary
from portal.rules.agency import Agency


def names_for_parents(
    session: Session, agency: Agency, requests: Iterable[RequestSummary]
) -> dict[str, str]:
    """The names of those who have them, by account; none where the agency keeps names back."""
    owners = {it.owner_id for it in requests if it.owner_id}
    if not agency.staff.names_shown or not owners:
        return {}
    chosen = select(StaffMember.account_id, StaffMember.name)
    found = session.execute(chosen.where(StaffMember.account_id.in_(owners)))
    return {row.account_id: row.name for row in found}


def with_whom(request: RequestSummary, names: Mapping[str, str]) -> str:
    """``a caseworker``, ``a caseworker, Boston office``, ``your caseworker team``."""
    if request.owner_id is None:
        return request.owner or str(_("your caseworker team"))
    who = names.get(request.owner_id) or str(_("a caseworker"))
    return f"{who}, {request.owner}" if request.owner else who
