"""What one's own statement says: a case from one day to another, as its member may see it.

Everything comes through the disclosure table, in the medium of a copy: a statement is passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.ledger.balances import Balances
from portal.ledger.case_view import CaseView
from portal.ledger.explained import Explained, ExplainedMonth, explained
from portal.ledger.lines import Entry, Line, together
from portal.ledger.orders import Order, orders_shown
from portal.ledger.payments import Payment, payments_shown
from portal.record.models import Participant
from portal.record.names import full_name
from portal.rules.disclosing import SourceKind
from portal.rules.disclosure import Datum, Shown, Viewer, shown
from portal.rules.money import ZERO
from portal.rules.spans import Span
from portal.rules.vocabulary import Category, Source


@dataclass(frozen=True, slots=True)
class Part:
    """The ledger of the days of the period that lie in one run of the member's roles."""

    months: tuple[ExplainedMonth, ...]

    @property
    def first(self) -> date:
        """The day it opens on."""
        return self.months[0].opens_on

    @property
    def last(self) -> date:
        """The day it closes with."""
        return self.months[-1].closes_on

    @property
    def owed_first(self) -> Decimal:
        """What was owed as the first day began."""
        return self.months[0].owed_at_opening

    @property
    def owed_last(self) -> Decimal:
        """What was owed as the last day ended."""
        return self.months[-1].owed

    @property
    def lines(self) -> Iterator[Line]:
        """Every line, the oldest first."""
        return (line for month in self.months for line in month.lines)

    @property
    def figures(self) -> Figures:
        """What led from the first figure to the last."""
        return Figures(
            self.months[0].owed_at_opening,
            sum((it.charged for it in self.months), ZERO),
            sum((added(it) for it in self.months), ZERO),
            sum((it.adjustments for it in self.months), ZERO),
            sum((it.applied - it.taken_back for it in self.months), ZERO),
            self.months[-1].owed,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """Dollars over a period: owed_first + due + added + changed - paid = owed_last."""

    owed_first: Decimal
    due: Decimal
    added: Decimal
    """Interest, penalties and fees."""
    changed: Decimal
    """Corrections and credits of the agency's."""
    paid: Decimal
    """What payments were applied for, less what was taken back."""
    owed_last: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """One's own statement."""

    name: str | None
    view: CaseView
    period: Span
    as_of: date
    orders: tuple[Order, ...]
    parts: tuple[Part, ...]
    payments: tuple[Payment, ...]
    """Those of the period, the oldest first."""
    sources: dict[str, Source | SourceKind]
    """By payment, for the lines: as a copy may say it."""
    balances: Balances | None
    """The agency's own, where the period goes up to their day."""
    rest: Decimal
    """What of them the lines do not come to; zero where they add up."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing of the period to show."""
        return not (self.parts or self.payments or self.orders)


def added(month: ExplainedMonth) -> Decimal:
    """Interest, penalties and fees of a month."""
    return month.interest + month.penalty + month.fees


def make_statement(session: Session, view: CaseView, period: Span) -> Statement:
    """The case in a period (both days included), as the member may see it.

    Days before four years ago and after the day the record speaks of are not in it.
    """
    found = explained(session, view)
    payments = payments_shown(session, view)
    inside = Span(max(period.first, view.history_from), min(period.last, _last(view, found)))
    is_to_date = bool(found.months) and inside.last >= found.as_of
    return Statement(
        own_name(session, view),
        view,
        inside,
        _last(view, found),
        tuple(
            it
            for it in orders_shown(session, view)
            if inside.first <= inside.last and inside.overlaps(it.effective_on, it.ended_on)
        ),
        parts_of(found, inside),
        tuple(it for it in reversed(payments) if inside.holds(it.on)),
        {it.payment_id: it.copied_source for it in payments if it.copied_source is not None},
        found.balances if is_to_date else None,
        found.rest_in_all if is_to_date else ZERO,
    )


def own_name(session: Session, view: CaseView, viewer: Viewer | None = None) -> str | None:
    """The member's own name as the record has it, where the table shows it."""
    if shown(Datum.OWN_NAME, viewer or view.viewer) is not Shown.YES:
        return None
    person = session.scalars(
        select(Participant).where(Participant.participant_id == view.participant_id)
    ).first()
    if person is None:
        return None
    return full_name(person) or None


def parts_of(found: Explained, period: Span) -> tuple[Part, ...]:
    """The months cut to the period; a new part begins where a role began anew."""
    parts: list[list[ExplainedMonth]] = []
    for month in found.months:
        if month.opens_section:
            parts.append([])
        if period.overlaps(month.opens_on, month.closes_on):
            parts[-1].append(_cut(month, period))
    return tuple(Part(tuple(months)) for months in parts if months)


def _cut(month: ExplainedMonth, period: Span) -> ExplainedMonth:
    """The days of a month that lie in the period; what is earlier counts in its opening."""
    before = [line.entry for line in month.lines if line.entry.on < period.first]
    inside = tuple(line for line in month.lines if period.holds(line.entry.on))
    opening = _plus(month.opening, before)
    return ExplainedMonth(
        month.first,
        max(month.opens_on, period.first),
        min(month.closes_on, period.last),
        opening,
        inside,
        _plus(opening, [line.entry for line in inside]),
        month.opens_section,
    )


def _plus(sums: Mapping[Category, Decimal], entries: Iterable[Entry]) -> dict[Category, Decimal]:
    found = dict(sums)
    for entry in entries:
        key = together(entry.category)
        found[key] = found.get(key, ZERO) + entry.amount
    return found


def _last(view: CaseView, found: Explained) -> date:
    return found.as_of if found.months else view.as_of
