"""What a case's pages say when the agency's figures are incomplete or do not add up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.ledger.balances import Balances, difference, ledger_sections
from portal.ledger.case_view import CaseView
from portal.rules.money import ZERO


@dataclass(frozen=True, slots=True)
class Findings:
    """`differs_by` is how much the lines come to more than the agency's total, in dollars."""

    lost_rows: bool
    adds_up: bool
    differs_by: Decimal = ZERO


def findings(session: Session, view: CaseView, balances: Balances) -> Findings:
    """What the load found. Whose part in the case is over is told only of lost rows."""
    if view.row.adds_up or view.ended_on is not None:
        return Findings(view.row.lost_rows, adds_up=True)
    by = difference(ledger_sections(session, view, balances.counted_to), balances)
    return Findings(view.row.lost_rows, adds_up=False, differs_by=by)
