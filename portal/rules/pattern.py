"""How often payments come, and when the next one is to be expected from those so far.

A guess is made only where there is a pattern: most of the last payments came a week, two weeks,
half a month or a month apart. Days are agency-local dates, amounts dollars. Nothing here is a rule
of law: it is what a parent would read off the list of payments.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from portal.rules.house_figures import Patterns
from portal.rules.vocabulary import Frequency

PER_YEAR = {
    Frequency.WEEKLY: 52,
    Frequency.BIWEEKLY: 26,
    Frequency.SEMIMONTHLY: 24,
    Frequency.MONTHLY: 12,
}
"""How often a year something comes."""

# What these words mean, in days between two payments; the agency's own figures are in its profile.
_DAYS = {Frequency.WEEKLY: (5, 9), Frequency.MONTHLY: (26, 36)}
_TWICE_A_MONTH = (12, 18)
_MOSTLY = Decimal(2) / 3
_IN_LINE = 3


@dataclass(frozen=True, slots=True)
class Arrival:
    """A payment that came in: its day, and its sum as it is shown to the viewer."""

    on: date
    stream: str
    """What kind of source it came from: each has a pattern of its own."""
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Expected:
    """The payment that should come next."""

    on: date
    """About this day."""
    every: Frequency
    amount: Decimal | None
    """What such a payment usually comes to; None where no amount is usual."""
    last_on: date
    """When the last one came."""
    is_late: bool
    stream: str


def period(every: Frequency) -> Decimal:
    """Days from one payment to the next."""
    return Decimal(365) / PER_YEAR[every]


def cadence(days: Iterable[date], figures: Patterns) -> Frequency | None:
    """How often something comes that came on these days; None where there is no pattern.

    The last few steps decide if they agree; otherwise two of three among those looked back at.
    """
    fewest = figures.fewest_payments
    last = sorted(set(days))[-figures.looks_back_payments :]
    if len(last) < fewest:
        return None
    found = _agreed(last[-fewest:], Decimal(1)) or _agreed(last, _MOSTLY)
    if found is not Frequency.BIWEEKLY:
        return found
    return found if _every_two_weeks(_alike(last, fewest)) else Frequency.SEMIMONTHLY


def usual(amounts: Sequence[Decimal]) -> Decimal | None:
    """The amount that came most often, at least twice; of several the last. Oldest first."""
    counts = Counter(amounts)
    most = max(counts.values(), default=0)
    if most < 2:
        return None
    return next(amount for amount in reversed(amounts) if counts[amount] == most)


def next_day(days: Iterable[date], every: Frequency, figures: Patterns) -> date:
    """When the next one should come, after days on which such a thing came."""
    known = sorted(set(days))[-figures.looks_back_payments :]
    last = known[-1]
    match every:
        case Frequency.MONTHLY:
            return _a_month_after(last)
        case Frequency.SEMIMONTHLY:
            found = _a_month_after(known[-2]) if len(known) > 1 else last
            return found if found > last + timedelta(days=7) else last + timedelta(days=15)
        case _:
            return _same_weekday(known, 14 if every is Frequency.BIWEEKLY else 7)


def expect(arrivals: Iterable[Arrival], as_of: date, figures: Patterns) -> Expected | None:
    """The next payment as things stood on a day: a late one before those still to come.

    A late one is not told where money has come from elsewhere since: another source took over.
    """
    known = [it for it in arrivals if it.on <= as_of and it.amount > 0]
    found = [_next(known, stream, as_of, figures) for stream in {it.stream for it in known}]
    guesses = [it for it in found if it and not _was_replaced(it, known)]
    return min(guesses, key=lambda it: (not it.is_late, it.on, it.stream), default=None)


def weekdays_between(first: date, last: date) -> int:
    """Mondays to Fridays after `first` up to and including `last`."""
    days = range(1, (last - first).days + 1)
    return sum((first + timedelta(days=n)).weekday() < 5 for n in days)


def by_day(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """What came on one day from one source as one, by day."""
    sums: dict[tuple[date, str], Decimal] = {}
    for it in arrivals:
        sums[it.on, it.stream] = sums.get((it.on, it.stream), Decimal(0)) + it.amount
    return [Arrival(on, stream, sums[on, stream]) for on, stream in sorted(sums)]


def _next(
    arrivals: Iterable[Arrival], stream: str, as_of: date, figures: Patterns
) -> Expected | None:
    mine = by_day(it for it in arrivals if it.stream == stream)
    days = [it.on for it in mine]
    every = cadence(days, figures)
    if every is None:
        return None
    on = next_day(days, every, figures)
    if (as_of - on).days > figures.over_after_days:
        return None
    amount = usual([it.amount for it in mine][-figures.usual_of_payments :])
    late = weekdays_between(on, as_of) >= figures.late_after_weekdays
    return Expected(on, every, amount, days[-1], late, stream)


def _was_replaced(guess: Expected, arrivals: Iterable[Arrival]) -> bool:
    since = guess.on - timedelta(days=_IN_LINE)
    return guess.is_late and any(it.stream != guess.stream and it.on >= since for it in arrivals)


def _agreed(days: Sequence[date], share: Decimal) -> Frequency | None:
    steps = [(later - day).days for day, later in pairwise(days)]
    for every, (least, most) in _DAYS.items():
        if sum(least <= step <= most for step in steps) >= share * len(steps):
            return every
    least, most = _TWICE_A_MONTH
    if sum(least <= step <= most for step in steps) >= share * len(steps):
        return Frequency.BIWEEKLY
    return None


def _alike(days: Sequence[date], fewest: int) -> Sequence[date]:
    """The last days that are about two weeks apart, so many at the least."""
    count, (least, most) = fewest, _TWICE_A_MONTH
    while count < len(days) and least <= (days[-count] - days[-count - 1]).days <= most:
        count += 1
    return days[-count:]


def _every_two_weeks(days: Sequence[date]) -> bool:
    """Whether most days are whole fortnights apart, give or take a day for holidays."""
    best = max(
        sum((day.toordinal() - start) % 14 in (0, 1, 13) for day in days) for start in range(14)
    )
    return best * 4 >= len(days) * 3


def _same_weekday(days: Sequence[date], length: int) -> date:
    """A week or two after the last, moved to the usual weekday where that is near."""
    target = days[-1] + timedelta(days=length)
    counts = Counter(day.toordinal() % length for day in days)
    residue = max(counts, key=lambda it: (counts[it], it == days[-1].toordinal() % length, it))
    ahead = (residue - target.toordinal()) % length
    move = ahead if ahead <= length // 2 else ahead - length
    return target + timedelta(days=move) if abs(move) <= _IN_LINE else target


def _a_month_after(day: date) -> date:
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
