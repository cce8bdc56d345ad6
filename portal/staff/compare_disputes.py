"""What a parent does not agree with, beside the record's row as it is now.

The request keeps a copy of what was shown; a later extract may have altered the row, or have it no
more. The record is read as the sender may see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.ledger.explained import Explained, explained
from portal.ledger.payments import Payment, payments_shown
from portal.requests.disputes import (
    Dispute,
    Subject,
    dispute_of_line,
    dispute_of_month,
    dispute_of_payment,
)


class Standing(StrEnum):
    """How what is disputed stands in the record now."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    TAKEN_BACK = "taken_back"
    """A payment that was reversed."""
    GONE = "gone"
    NOT_SHOWN = "not_shown"
    """Its case or its day is no more among what the sender may see, so nothing can be said."""


@dataclass(frozen=True, slots=True)
class DisputeCompared:
    """A dispute and the amount of its row now, in dollars; None where there is none to compare."""

    dispute: Dispute
    now: Decimal | None
    standing: Standing

    @property
    def difference(self) -> Decimal | None:
        """By how much the amount rose since it was shown."""
        return None if self.now is None else self.now - self.dispute.amount


@dataclass(frozen=True, slots=True)
class _Now:
    """A case as its sender sees it now."""

    view: CaseView
    shown: Explained
    payments: tuple[Payment, ...]


def compare_disputes(
    session: Session, views: Sequence[CaseView], disputes: Sequence[Dispute]
) -> tuple[DisputeCompared, ...]:
    """Each dispute beside the row it names, in their order."""
    wanted = {it.case_id for it in disputes}
    cases = {
        view.case_id: _Now(view, explained(session, view), payments_shown(session, view))
        for view in views
        if view.case_id in wanted
    }
    return tuple(_compared(it, cases.get(it.case_id)) for it in disputes)


def _compared(dispute: Dispute, case: _Now | None) -> DisputeCompared:
    if case is None:
        return DisputeCompared(dispute, None, Standing.NOT_SHOWN)
    found = _row_now(dispute, case)
    if found is None:
        is_old = dispute.on < case.view.opens_on
        return DisputeCompared(dispute, None, Standing.NOT_SHOWN if is_old else Standing.GONE)
    now, is_taken_back = found
    if is_taken_back:
        return DisputeCompared(dispute, now, Standing.TAKEN_BACK)
    same = now == dispute.amount
    return DisputeCompared(dispute, now, Standing.UNCHANGED if same else Standing.CHANGED)


def _row_now(dispute: Dispute, case: _Now) -> tuple[Decimal, bool] | None:
    """The amount as it is now, and whether a payment was reversed."""
    case_id = case.view.case_id
    if dispute.subject is Subject.MONTH:
        month = dispute_of_month(case_id, case.shown, dispute.on)
        return (month.amount, False) if month else None
    if dispute.subject is Subject.PAYMENT:
        for payment in case.payments:
            if payment.payment_id == dispute.key:
                return dispute_of_payment(case_id, payment).amount, payment.reversed_on is not None
        return None
    for line in case.shown.lines:
        now = dispute_of_line(case_id, line.entry)
        if now.identity == dispute.identity:
            return now.amount, False
    return None
