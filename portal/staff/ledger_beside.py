"""The record's own ledger of the months that a request is about, line by line, for whoever answers
it: each sum with its arithmetic, and where our own estimate differs.

It is read as the sender may see it, so that worker and parent speak of the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.cases.line_page import RateSum, rate_of
from portal.context import Context
from portal.ledger.case_view import CaseView
from portal.ledger.explained import ExplainedMonth, explained
from portal.ledger.lines import Line
from portal.ledger.recomputed import differences
from portal.requests.disputes import Dispute, Subject, dispute_of_line
from portal.rules.calendar import first_of_month
from portal.rules.recompute import Difference
from portal.staff.compare_months import last_months
from portal.staff.read_request import StaffRequest, views_of_request


@dataclass(frozen=True, slots=True)
class LineBeside:
    """A line of the ledger, and what it is made of where it is interest or a penalty."""

    line: Line
    rate: RateSum | None
    is_asked_about: bool

    @property
    def adds_up(self) -> bool:
        """Whether the month's own arithmetic comes to the amount in the record."""
        return self.rate is None or self.rate.result == self.line.entry.amount


@dataclass(frozen=True, slots=True)
class MonthBeside:
    """A month of one case, or the part of it that falls within a role of the sender's."""

    case_id: str
    month: ExplainedMonth
    lines: tuple[LineBeside, ...]
    differences: tuple[Difference, ...]
    """In what the record differs from our own estimate: what the parent is shown, too."""
    is_asked_about: bool
    """Whether the request names the month, a line or a payment of it."""

    @property
    def sums(self) -> tuple[tuple[str, Decimal], ...]:
        """What moved the month, by kind, in dollars; without what is zero."""
        it = self.month
        all_sums = (
            ("charged", it.charged),
            ("applied", -it.applied),
            ("taken_back", it.taken_back),
            ("interest", it.interest),
            ("penalty", it.penalty),
            ("fees", it.fees),
            ("adjustments", it.adjustments),
        )
        return tuple((name, amount) for name, amount in all_sums if amount)


def ledger_beside(
    session: Session, context: Context, seen: StaffRequest, now: datetime
) -> tuple[MonthBeside, ...]:
    """The months in question on the request's cases, the oldest first; none of a change of address.

    They are those of the claims and of what is asked about, else the last few before it was sent.
    """
    if seen.said is None:
        return ()
    sent_on = context.agency.local_date(seen.submission.submitted_at)
    named = {first_of_month(it.on) for it in seen.said.disputes}
    if seen.comparison is not None:
        named |= {month.first for month in seen.comparison.months}
    wanted = named or set(last_months(sent_on, context.agency.comparing))
    views = views_of_request(session, context, seen.submission, now)
    found = [it for view in views for it in _of_case(session, view, wanted, seen.said.disputes)]
    return tuple(sorted(found, key=lambda it: (it.month.opens_on, it.case_id)))


def _of_case(
    session: Session, view: CaseView, wanted: Iterable[date], disputes: Sequence[Dispute]
) -> Iterator[MonthBeside]:
    shown, wrong = explained(session, view), differences(session, view)
    mine = [it for it in disputes if it.case_id == view.case_id]
    for first in wanted:
        is_named = any(it.subject is Subject.MONTH and it.on == first for it in mine)
        for month in shown.in_month(first):
            lines = tuple(
                LineBeside(line, rate_of(line.entry, month), _is_about(mine, view.case_id, line))
                for line in month.lines
            )
            asked = is_named or any(it.is_asked_about for it in lines)
            of_month = tuple(it for it in wrong if it.month == first)
            yield MonthBeside(view.case_id, month, lines, of_month, asked)


def _is_about(disputes: Sequence[Dispute], case_id: str, line: Line) -> bool:
    identity = dispute_of_line(case_id, line.entry).identity
    return any(
        it.identity == identity
        or (it.subject is Subject.PAYMENT and it.key == line.entry.payment_id)
        for it in disputes
    )
