"""A trail of who was shown federal tax information (PRV-3; IRC 6103(l)(6))."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment
from portal.rules.disclosing import SourceKind
from portal.web import clock
from portal.web.edge import write_afterwards

EVENT = "case:federal-tax-refund:shown"


def note_federal(account_id: str, view: CaseView, payments: Iterable[Payment]) -> None:
    """Record that a page tells a custodial parent of a federal tax refund, if it does."""
    count = sum(payment.source is SourceKind.FEDERAL_TAX_REFUND for payment in payments)
    if not count:
        return
    now = clock.now()

    def write(session: Session) -> None:
        record_event(
            session,
            EVENT,
            now=now,
            actor_id=account_id,
            subject=("case", view.case_id),
            detail={"payments": count},
        )

    write_afterwards(write)
