"""What was done to collect on a case, as one member may see it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.record.read_enforcement import read_enforcement
from portal.rules.disclosing import Action, action_shown, actions_in_order


def enforcement_shown(session: Session, view: CaseView) -> tuple[Action, ...]:
    """Every action whose span overlaps a role's, the newest first.

    Each is looked at as the member was while it ran.
    """
    return actions_in_order(
        action_shown(row, viewer)
        for row in read_enforcement(session, view.case_id)
        if (viewer := view.viewer_over(row.started_on, row.ended_on)) is not None
    )
