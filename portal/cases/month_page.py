"""One month of the ledger, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.cases.explain_words import what_moved
from portal.cases.page import case_address, disagree_address, month_address
from portal.ledger.case_view import CaseView
from portal.ledger.explained import (
    Explained,
    ExplainedMonth,
    explained,
    line_token,
    month_token,
)
from portal.ledger.lines import Line
from portal.ledger.orders import orders_by_id
from portal.rules.money import ZERO
from portal.rules.vocabulary import Category
from portal.web.edge import context


@dataclass(frozen=True, slots=True)
class Part:
    """The month, or the part of it that falls within one role."""

    month: ExplainedMonth
    why: str
    lines: tuple[tuple[Line, str], ...]
    """Each with the address of its page."""

    @property
    def by_category(self) -> list[tuple[Category, Decimal, Decimal]]:
        """What was owed for each category as it opened and as it closed."""
        opening, closing = self.month.opening, self.month.closing
        return [
            (it, opening.get(it, ZERO), closing.get(it, ZERO))
            for it in Category
            if opening.get(it) or closing.get(it)
        ]


@dataclass(frozen=True, slots=True)
class MonthPage:
    """All of the page."""

    first: date
    parts: tuple[Part, ...]
    before: tuple[date, str] | None
    after: tuple[date, str] | None
    disagree_href: str


def month_page(session: Session, view: CaseView, first: date) -> MonthPage | None:
    """What the page of a month shows; None for a month that the ledger does not hold."""
    shown = explained(session, view)
    months = shown.in_month(first)
    if not months:
        return None
    orders = orders_by_id(session, view)
    opaque = context().opaque
    parts = tuple(
        Part(
            month,
            what_moved(month, orders),
            tuple(
                (line, case_address("line", view, line=line_token(opaque, view, line.entry)))
                for line in month.lines
            ),
        )
        for month in months
    )
    before, after = _neighbours(view, shown, first)
    subject = month_token(opaque, view, first)
    return MonthPage(first, parts, before, after, disagree_address(view, subject))


def _neighbours(view: CaseView, shown: Explained, first: date) -> Sequence[tuple[date, str] | None]:
    days = sorted({month.first for month in shown.months})
    place = days.index(first)
    before = days[place - 1] if place else None
    after = days[place + 1] if place + 1 < len(days) else None
    return [(day, month_address(view, day)) if day else None for day in (before, after)]
