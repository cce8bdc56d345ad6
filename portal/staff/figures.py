"""Figures for the supervisor: what is open and late, how long answers take, how they come out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.requests.models import Submission, SubmissionEvent
from portal.rules.agency import Agency
from portal.rules.calendar import months, months_before
from portal.rules.transitions import DECISION_EVENTS, Event
from portal.rules.vocabulary import Outcome, RequestKind
from portal.staff.which_requests import is_open, is_to_enter

PERIODS = (30, 90, 365)
"""Days, today among them, that figures are given for."""
MONTHS = 12
_ANSWERS = [event.value for event in (*sorted(DECISION_EVENTS), Event.APPLIED, Event.REFUSED)]
_REVERSED = frozenset({Outcome.GRANTED, Outcome.PARTLY_GRANTED})


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that was answered: decided, or, where its kind is not decided, done or refused."""

    kind: RequestKind
    sent_on: date
    on: date
    decision: Outcome | None

    @property
    def days(self) -> int:
        """Agency-local days from the day it was sent to the day it was answered."""
        return max((self.on - self.sent_on).days, 0)


@dataclass(frozen=True, slots=True)
class KindNow:
    """How many of a kind wait for an answer now, or for being entered."""

    kind: RequestKind
    open: int
    late: int
    to_enter: int
    """Granted, whole or in part, and not yet entered in the agency's own system."""
    oldest_entry_days: int | None
    """Days since the oldest decision among them."""


@dataclass(frozen=True, slots=True)
class KindInPeriod:
    """What became of a kind's requests that were answered in a period."""

    kind: RequestKind
    days: int
    """The length of the period."""
    answered: int
    median_days: Decimal | None
    decided: int
    reversed: int
    """Of the decided ones, how many were granted or granted in part."""

    @property
    def reversed_percent(self) -> int | None:
        """The share of reversals in whole percent, half up; None where nothing was decided."""
        if not self.decided:
            return None
        share = Decimal(self.reversed * 100) / self.decided
        return int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class MonthOfWork:
    """What came in and what was answered in a calendar month, all kinds together."""

    first: date
    came_in: int
    answered: int
    median_days: Decimal | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All of them, as of an agency-local day."""

    today: date
    now: tuple[KindNow, ...]
    periods: tuple[KindInPeriod, ...]
    """By length of the period, then by kind."""
    months: tuple[MonthOfWork, ...]
    """The last twelve, this one last."""

    def period(self, days: int) -> tuple[KindInPeriod, ...]:
        """The kinds in one of the periods."""
        return tuple(it for it in self.periods if it.days == days)


def read_figures(session: Session, agency: Agency, now: datetime) -> Figures:
    """The figures now: three questions to the database, whatever there is."""
    today = agency.local_date(now)
    last_months = list(months(months_before(today, MONTHS - 1), today))
    earliest = min(last_months[0], today - timedelta(days=max(PERIODS)))
    answered = _answered(session, agency, earliest)
    came_in = _came_in(session, agency, last_months[0])
    return Figures(
        today=today,
        now=_now(session, today),
        periods=tuple(
            _in_period(kind, days, [it for it in answered if it.on > today - timedelta(days=days)])
            for days in PERIODS
            for kind in RequestKind
        ),
        months=tuple(_of_month(first, came_in, answered) for first in last_months),
    )


def median(values: Iterable[int]) -> Decimal | None:
    """The middle of some whole numbers, exactly; the mean of the two in the middle of an even
    number of them, and None of none."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Decimal(ordered[half])
    return Decimal(ordered[half - 1] + ordered[half]) / 2


def _now(session: Session, today: date) -> tuple[KindNow, ...]:
    chosen = (
        select(
            Submission.kind,
            func.count().filter(is_open()).label("open"),
            func.count().filter(is_open(), Submission.due_on < today).label("late"),
            func.count().filter(is_to_enter()).label("to_enter"),
            func.min(Submission.decided_on).filter(is_to_enter()).label("oldest"),
        )
        .where(or_(is_open(), is_to_enter()))
        .group_by(Submission.kind)
    )
    found = {row.kind: row for row in session.execute(chosen)}
    return tuple(_kind_now(kind, found.get(kind.value), today) for kind in RequestKind)


def _kind_now(kind: RequestKind, row: Any, today: date) -> KindNow:
    if row is None:
        return KindNow(kind, 0, 0, 0, None)
    oldest = (today - row.oldest).days if row.oldest else None
    return KindNow(kind, row.open, row.late, row.to_enter, oldest)


def _answered(session: Session, agency: Agency, earliest: date) -> list[Answered]:
    """What was answered since a day, each request once: by its first answer."""
    first = func.min(SubmissionEvent.at)
    chosen = (
        select(
            Submission.kind,
            Submission.submitted_at,
            Submission.decision,
            Submission.decided_on,
            first.label("at"),
        )
        .join(SubmissionEvent, SubmissionEvent.submission_id == Submission.id)
        .where(SubmissionEvent.event.in_(_ANSWERS))
        .group_by(Submission.id)
        .having(first >= agency.start_of_day(earliest))
    )
    return [
        Answered(
            kind=RequestKind(row.kind),
            sent_on=agency.local_date(row.submitted_at),
            # An extract tells later of a decision than it was made on.
            on=min(row.decided_on or date.max, agency.local_date(row.at)),
            decision=Outcome(row.decision) if row.decision else None,
        )
        for row in session.execute(chosen)
    ]


def _came_in(session: Session, agency: Agency, earliest: date) -> list[date]:
    chosen = select(Submission.submitted_at)
    since = chosen.where(Submission.submitted_at >= agency.start_of_day(earliest))
    return [agency.local_date(at) for at in session.scalars(since)]


def _in_period(kind: RequestKind, days: int, answered: Sequence[Answered]) -> KindInPeriod:
    of_kind = [it for it in answered if it.kind is kind]
    decided = [it for it in of_kind if it.decision is not None]
    return KindInPeriod(
        kind=kind,
        days=days,
        answered=len(of_kind),
        median_days=median(it.days for it in of_kind),
        decided=len(decided),
        reversed=sum(it.decision in _REVERSED for it in decided),
    )


def _of_month(first: date, came_in: Sequence[date], answered: Sequence[Answered]) -> MonthOfWork:
    then = [it for it in answered if it.on.replace(day=1) == first]
    return MonthOfWork(
        first=first,
        came_in=sum(it.replace(day=1) == first for it in came_in),
        answered=len(then),
        median_days=median(it.days for it in then),
    )
