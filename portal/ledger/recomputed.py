"""In what a case's record differs from the rules, as one member may be told.

A custodial parent takes this case's parts as given: charges, interest, penalty and credits are
judged, never how a payment was split or which of the payor's cases it went to, nor why a federal
tax refund is held (IRC 6103(l)(6)).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.record.read_facts import read_facts
from portal.rules.calendar import end_of_month
from portal.rules.disclosure import Viewer
from portal.rules.recompute import (
    CaseRecord,
    Difference,
    DifferenceKind,
    agreed_months,
    in_order,
    recompute,
    recompute_splits,
)
from portal.rules.spans import viewer_on
from portal.rules.vocabulary import Source


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What came of working a case out again, as its member may be told."""

    differences: tuple[Difference, ...] = ()
    agreed: frozenset[date] = frozenset()
    """The first days of the months whose support, interest and penalty came to the same."""


def recomputed(session: Session, view: CaseView) -> Recomputed:
    """The differences of the months that the member sees, the oldest first; sums in dollars.

    A month counts where the member sees all of it; those across cases only where they pay on each
    of the cases in that month. None of it agrees in a month of which a difference is told.
    """
    mine = _paying(view)
    records = read_facts(session, {view.case_id, *mine})
    case = records.get(view.case_id)
    if case is None:
        return Recomputed()
    found = [
        it for it in recompute(case, view.agency) if _is_seen(view, it) and _is_told(view, case, it)
    ]
    if view.case_id in mine:
        paying = [records[it] for it in mine if it in records]
        splits = recompute_splits(paying, view.agency, view.participant_id)
        found += [it for it in splits[view.case_id] if _as_payor(view, mine, it)]
    named = {it.month for it in found}
    agreed = (it for it in agreed_months(case, view.agency) if _sees_month(view, it))
    return Recomputed(in_order(found), frozenset(agreed) - named)


def differences(session: Session, view: CaseView) -> tuple[Difference, ...]:
    """The differences alone."""
    return recomputed(session, view).differences


def _paying(view: CaseView) -> list[str]:
    """The cases on which the viewer pays or paid, this one among them where it is one."""
    return sorted(
        case_id
        for case_id, roles in view.mine.items()
        if any(held.viewer is Viewer.PAYOR for held in roles)
    )


def _is_seen(view: CaseView, it: Difference) -> bool:
    return _sees_month(view, it.month)


def _sees_month(view: CaseView, month: date) -> bool:
    """Whether all of the month, as far as the record goes, lies in one window."""
    last = min(end_of_month(month), view.row.as_of)
    return any(window.first <= month and last <= window.last for window in view.windows)


def _is_told(view: CaseView, case: CaseRecord, it: Difference) -> bool:
    """Of a federal tax refund only its own payor is told why it waits."""
    if it.kind is not DifferenceKind.HELD_TOO_LONG:
        return True
    (payment,) = (row for row in case.payments if row.payment_id == it.payment_id)
    own = payment.payor_id == view.participant_id and _pays_in(view, view.case_id, it)
    return own or payment.source is not Source.FEDERAL_TAX_OFFSET


def _as_payor(view: CaseView, mine: list[str], it: Difference) -> bool:
    if not _is_seen(view, it) or not _pays_in(view, view.case_id, it):
        return False
    return not it.across_cases or all(_pays_in(view, case_id, it) for case_id in mine)


def _pays_in(view: CaseView, case_id: str, it: Difference) -> bool:
    """Whether the viewer looks as the payor at the whole of the month."""
    days = (it.month, _last_day(view, it))
    return all(viewer_on(view.mine[case_id], day) is Viewer.PAYOR for day in days)


def _last_day(view: CaseView, it: Difference) -> date:
    """The last day of a difference's month that the record holds."""
    return min(end_of_month(it.month), view.row.as_of)
