"""The mail that invites somebody to the staff. It says neither role nor anything of the work."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from portal.accounts.addresses import link_address
from portal.context import Context
from portal.notices.registry import NoLongerDue, template
from portal.security.models import Link


@template("staff_invitation")
def _invitation(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    link = session.get(Link, ids["link"])
    if link is None or link.ended_at is not None:
        raise NoLongerDue("The invitation was taken back, or accepted.")
    return {"link": link_address(context, link), "hours": ids["hours"]}
