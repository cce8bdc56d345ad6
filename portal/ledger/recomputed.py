"""In what a case's record differs from the rules, as one member may be told."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.rules.recompute import Difference


def differences(session: Session, view: CaseView) -> tuple[Difference, ...]:
    """The differences in the months that the member sees, the oldest first.

    Those across cases are told to the payor alone, and so is how a payment was split.
    """
    return ()
