"""Who is named on a case: the children by first name, nobody else."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.record.read_members import first_names
from portal.rules.disclosure import Datum, Shown, shown


def childrens_names(session: Session, view: CaseView) -> tuple[str, ...]:
    """First names of the children who were on the case while the member was."""
    if shown(Datum.CHILDRENS_NAMES, view.viewer) is not Shown.FIRST_NAMES:
        return ()
    return tuple(
        child.first_name
        for child in first_names(session, [view.case_id]).get(view.case_id, ())
        if child.first_name and view.viewer_over(child.since, child.until) is not None
    )
