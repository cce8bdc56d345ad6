"""From when to when a member sees a case: the spans of the roles, and four years.

Dates are agency-local, both ends of a span included. An open end is `date.max`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.rules.disclosure import Viewer, viewer_of
from portal.rules.vocabulary import Role


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date = date.max

    def holds(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.first <= day <= self.last

    def overlaps(self, first: date, last: date | None) -> bool:
        """Whether something from `first` to `last` (open where None) shares a day with it."""
        return first <= self.last and self.first <= (last or date.max)


@dataclass(frozen=True, slots=True)
class Membership:
    """One role of one person on one case."""

    role: Role
    span: Span

    @property
    def viewer(self) -> Viewer | None:
        """As whom the member looks; None for a child."""
        return viewer_of(self.role)


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; February 28 for a February 29 that there was not."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days in as few spans as possible, in order; spans that touch become one.

    A span that ends before it starts (loaded with a warning) holds no day.
    """
    merged: list[Span] = []
    for span in sorted(spans):
        if span.last < span.first:
            continue
        if merged and span.first <= _day_after(merged[-1].last):
            merged[-1] = Span(merged[-1].first, max(merged[-1].last, span.last))
        else:
            merged.append(span)
    return tuple(merged)


def clip(spans: Iterable[Span], first: date) -> tuple[Span, ...]:
    """What is left of the spans from a day on."""
    return tuple(Span(max(span.first, first), span.last) for span in spans if span.last >= first)


def with_access(memberships: Iterable[Membership], today: date) -> tuple[Membership, ...]:
    """Those that give access: not a child's, begun by today, ending no earlier than they began.

    In order of their beginning, so that the last is the one held now or held last.
    """
    found = [
        held
        for held in memberships
        if held.viewer is not None and held.span.first <= min(today, held.span.last)
    ]
    return tuple(sorted(found, key=lambda held: (min(held.span.last, today), held.span)))


def viewer_on(memberships: Sequence[Membership], day: date) -> Viewer | None:
    """As whom a member looks at what happened on a day; None where no role holds that day.

    Where two roles hold, the one that sees less.
    """
    return _strictest(held for held in memberships if held.span.holds(day))


def viewer_over(memberships: Sequence[Membership], first: date, last: date | None) -> Viewer | None:
    """As whom a member looks at what lasted from `first` to `last`; the one that sees less."""
    return _strictest(held for held in memberships if held.span.overlaps(first, last))


def _strictest(memberships: Iterable[Membership]) -> Viewer | None:
    viewers = {held.viewer for held in memberships}
    if Viewer.CUSTODIAL in viewers:
        return Viewer.CUSTODIAL
    return Viewer.PAYOR if Viewer.PAYOR in viewers else None


def _day_after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)
