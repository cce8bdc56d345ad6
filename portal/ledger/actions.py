"""Enforcement on a case, as the member may see it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.record.read_case import EnforcementRow, read_enforcement
from portal.rules.disclosing import Action, action_shown, actions_in_order


def actions_shown(session: Session, view: CaseView) -> tuple[Action, ...]:
    """The actions whose span overlaps a role's, the newest first."""
    return actions_in_order(_shown(row, view) for row in read_enforcement(session, view.case_id))


def _shown(row: EnforcementRow, view: CaseView) -> Action | None:
    viewer = view.viewer_over(row.started_on, row.ended_on)
    return None if viewer is None else action_shown(row, viewer)
