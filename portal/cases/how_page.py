"""How we got here: the ledger by years and months, its sums, and the drawings of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, pairwise

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from portal.cases.drawing import Point, line
from portal.cases.explain_words import GROUPS, what_moved
from portal.cases.page import month_address
from portal.ledger.case_view import CaseView
from portal.ledger.explained import Explained, ExplainedMonth, explained
from portal.ledger.orders import Order, orders_by_id
from portal.rules.calendar import next_month
from portal.rules.money import ZERO
from portal.rules.vocabulary import Category


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month as the page lists it."""

    month: ExplainedMonth
    href: str
    why: str
    away: tuple[date, date] | None
    """The days before it on which the reader had no part in the case."""
    since: date
    """The month itself; the first of several months in a row in which nothing happened."""


@dataclass(frozen=True, slots=True)
class Year:
    """A calendar year, the newest month first."""

    number: int
    rows: tuple[MonthRow, ...]
    oldest: ExplainedMonth
    """The month that the year opens with."""


@dataclass(frozen=True, slots=True)
class Totals:
    """All months together, in dollars."""

    charged: Decimal
    interest: Decimal
    penalty: Decimal
    fees: Decimal
    adjustments: Decimal
    taken_back: Decimal
    applied: Decimal
    away: Decimal | None
    """What changed on days on which the reader had no part in the case; None without such days."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What was owed over time, for one category or in all."""

    name: str
    picture: Markup
    now: Decimal
    most: Decimal
    most_in: date
    category: Category | None


@dataclass(frozen=True, slots=True)
class HowPage:
    """All of the page."""

    ledger: Explained
    years: tuple[Year, ...]
    totals: Totals
    charts: tuple[Chart, ...]


def how_page(session: Session, view: CaseView) -> HowPage:
    """What the page shows."""
    shown = explained(session, view)
    orders = orders_by_id(session, view)
    rows = [_row(view, shown, number, orders) for number in range(len(shown.months))]
    years = groupby(reversed(rows), lambda row: row.month.first.year)
    return HowPage(
        shown,
        tuple(_year(number, list(found)) for number, found in years),
        _totals(shown.months),
        tuple(_charts(shown)),
    )


def _row(view: CaseView, shown: Explained, number: int, orders: Mapping[str, Order]) -> MonthRow:
    month, away = shown.months[number], None
    if number and month.opens_section:
        before = shown.months[number - 1]
        away = (before.closes_on + timedelta(days=1), month.opens_on - timedelta(days=1))
    href = month_address(view, month.first)
    return MonthRow(month, href, what_moved(month, orders), away, month.first)


def _year(number: int, rows: Sequence[MonthRow]) -> Year:
    return Year(number, _quiet_as_one(rows), rows[-1].month)


def _quiet_as_one(rows: Iterable[MonthRow]) -> tuple[MonthRow, ...]:
    """The rows, the newest first, with quiet months that follow each other as one."""
    found: list[MonthRow] = []
    for row in rows:
        if found and not (row.month.lines or found[-1].month.lines or found[-1].away):
            found[-1] = replace(found[-1], since=row.since, away=row.away)
        else:
            found.append(row)
    return tuple(found)


def _totals(months: Sequence[ExplainedMonth]) -> Totals:
    def over(value: Callable[[ExplainedMonth], Decimal]) -> Decimal:
        return sum((value(month) for month in months), ZERO)

    gaps = [(before, after) for before, after in pairwise(months) if after.opens_section]
    return Totals(
        over(lambda it: it.charged),
        over(lambda it: it.interest),
        over(lambda it: it.penalty),
        over(lambda it: it.fees),
        over(lambda it: it.adjustments),
        over(lambda it: it.taken_back),
        over(lambda it: it.applied),
        sum((after.owed_at_opening - before.owed for before, after in gaps), ZERO)
        if gaps
        else None,
    )


def _charts(shown: Explained) -> Iterable[Chart]:
    """Everything together, then each category that was ever owed; one alone needs no sum."""
    categories = [
        it for it in shown.categories if any(month.closing.get(it) for month in shown.months)
    ]
    if len(categories) != 1:
        yield from _chart(shown, _("All together"), lambda month: month.owed, None)
    for category in categories:
        amount_of = _owed_for(category)
        yield from _chart(shown, str(GROUPS[category]), amount_of, category)


def _owed_for(category: Category) -> Callable[[ExplainedMonth], Decimal]:
    return lambda month: month.closing.get(category, ZERO)


def _chart(
    shown: Explained,
    name: str,
    amount_of: Callable[[ExplainedMonth], Decimal],
    category: Category | None,
) -> Iterable[Chart]:
    """The drawing, where there is something to draw; of a month in two parts the later one."""
    points: dict[date, Decimal] = {month.first: amount_of(month) for month in shown.months}
    label = _("%(name)s: what was owed as each month ended. The table has the figures.", name=name)
    picture = line(_without_holes(points), str(label))
    if picture is None:
        return
    most_in = max(points, key=lambda first: (points[first], first))
    now = amount_of(shown.months[-1])
    yield Chart(name, picture, now, points[most_in], most_in, category)


def _without_holes(points: Mapping[date, Decimal]) -> list[Point]:
    """Every month from first to last: one that is not told stays where the one before it was."""
    found: list[Point] = []
    first = min(points, default=None)
    while first is not None and first <= max(points):
        found.append((first, points.get(first, found[-1][1] if found else ZERO)))
        first = next_month(first)
    return found
