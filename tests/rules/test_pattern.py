"""When the next payment should come, read off those so far; no guess where there is no pattern."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.house_figures import Patterns
from portal.rules.money import from_cents
from portal.rules.pattern import (
    Arrival,
    by_day,
    cadence,
    expect,
    next_day,
    usual,
    weekdays_between,
)
from portal.rules.vocabulary import Frequency

FRIDAY = date(2026, 9, 4)
FIGURES = Patterns()
LATE_AFTER, OVER_AFTER = FIGURES.late_after_weekdays, FIGURES.over_after_days


def every(days: int, count: int, first: date = FRIDAY) -> list[date]:
    return [first + timedelta(days=days * n) for n in range(count)]


def paid(days: list[date], amount: str = "100.00", stream: str = "employer") -> list[Arrival]:
    return [Arrival(day, stream, D(amount)) for day in days]


SEMIMONTHLY = [date(2026, month, day) for month in (7, 8, 9, 10) for day in (1, 15)]
MONTHLY = [date(2026, 7, 1), date(2026, 8, 3), date(2026, 9, 1), date(2026, 10, 1)]


@pytest.mark.parametrize(
    ("days", "found", "following"),
    [
        (every(7, 6), Frequency.WEEKLY, date(2026, 10, 16)),
        (every(14, 5), Frequency.BIWEEKLY, date(2026, 11, 13)),
        (SEMIMONTHLY, Frequency.SEMIMONTHLY, date(2026, 11, 1)),
        (MONTHLY, Frequency.MONTHLY, date(2026, 11, 1)),
    ],
)
def test_four_patterns_and_the_day_that_follows(
    days: list[date], found: Frequency, following: date
) -> None:
    assert cadence(days, FIGURES) is found
    assert next_day(days, found, FIGURES) == following


def test_a_holiday_or_a_missed_week_breaks_no_pattern() -> None:
    days = every(7, 9)
    days[4] -= timedelta(days=1)
    assert cadence(days, FIGURES) is Frequency.WEEKLY
    assert cadence(days[:6] + days[7:], FIGURES) is Frequency.WEEKLY


def test_a_payment_that_was_days_late_does_not_move_the_next() -> None:
    days = every(7, 6)
    days[-1] += timedelta(days=3)
    assert next_day(days, Frequency.WEEKLY, FIGURES) == FRIDAY + timedelta(weeks=6)


def test_a_month_later_at_the_end_of_a_short_month() -> None:
    days = [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31)]
    assert next_day(days, Frequency.MONTHLY, FIGURES) == date(2027, 2, 28)


@pytest.mark.parametrize(
    "days", [[], every(7, 3), [FRIDAY, *every(50, 3, date(2026, 10, 1))], every(21, 8)]
)
def test_no_guess_without_a_pattern(days: list[date]) -> None:
    assert cadence(days, FIGURES) is None
    assert expect(paid(days), date(2026, 12, 1), FIGURES) is None


def test_late_after_two_weekdays_and_over_after_two_months() -> None:
    arrivals = paid(every(7, 6))
    due = date(2026, 10, 16)
    states = {}
    for ahead in (-3, 0, 2, 3, 4, OVER_AFTER, OVER_AFTER + 1):
        found = expect(arrivals, due + timedelta(days=ahead), FIGURES)
        states[ahead] = None if found is None else (found.on == due, found.is_late)
    assert states == {
        -3: (True, False),
        0: (True, False),
        2: (True, False),  # a Sunday: no weekday has passed
        3: (True, False),
        4: (True, True),
        OVER_AFTER: (True, True),
        OVER_AFTER + 1: None,
    }
    assert weekdays_between(due, due + timedelta(days=4)) == LATE_AFTER


def test_an_agencys_own_figures_change_the_answer() -> None:
    def told(days: list[date], as_of: date, **figures: int) -> tuple[bool, D | None] | None:
        found = expect(paid(days), as_of, Patterns(**figures))  # type: ignore[arg-type]
        return None if found is None else (found.is_late, found.amount)

    known, due = every(7, 6), date(2026, 10, 16)
    monday = due + timedelta(days=3)
    assert told(known, monday) == (False, D("100.00"))
    assert told(known, monday, late_after_weekdays=1) == (True, D("100.00"))
    assert told(known, due + timedelta(days=31)) == (True, D("100.00"))
    assert told(known, due + timedelta(days=31), over_after_days=30) is None
    assert told(every(7, 3), FRIDAY + timedelta(days=20)) is None
    assert told(every(7, 3), FRIDAY + timedelta(days=20), fewest_payments=3) is not None
    broken = [*every(7, 7), FRIDAY + timedelta(days=62), FRIDAY + timedelta(days=82)]
    assert cadence(broken, FIGURES) is Frequency.WEEKLY
    assert cadence(broken, Patterns(looks_back_payments=4)) is None
    sums = ("5.00", "5.00", "5.00", "9.00", "8.00", "8.00")
    mixed = [Arrival(day, "employer", D(sum_)) for day, sum_ in zip(known, sums, strict=True)]
    for most, amount in ((6, "5.00"), (2, "8.00")):
        found = expect(mixed, due, Patterns(usual_of_payments=most))
        assert found is not None
        assert found.amount == D(amount)


def test_what_is_usual_is_what_came_most_often() -> None:
    assert usual([D(1), D(2), D(2), D(3)]) == 2
    assert usual([D(2), D(1), D(2), D(1)]) == 1
    assert usual([D(1), D(2), D(3)]) is None
    found = expect(paid(every(7, 6)), date(2026, 10, 10), FIGURES)
    assert found is not None
    assert (found.amount, found.every) == (D("100.00"), Frequency.WEEKLY)


def test_nothing_is_late_that_another_source_has_taken_over() -> None:
    """A new employer, or pay after benefits: the old pattern is over."""
    old, as_of = paid(every(7, 6)), date(2026, 11, 2)
    late = expect(old, as_of, FIGURES)
    assert late is not None
    assert late.is_late
    assert expect([*old, *paid([date(2026, 10, 23)], stream="other")], as_of, FIGURES) is None
    new = paid(every(7, 4, date(2026, 10, 9)), stream="other")
    found = expect([*old, *new], as_of, FIGURES)
    assert found is not None
    assert (found.stream, found.on, found.is_late) == ("other", date(2026, 11, 6), False)


days = st.dates(date(2026, 1, 1), date(2026, 11, 20))
arrivals = st.lists(
    st.builds(Arrival, days, st.sampled_from(["a", "b"]), st.integers(0, 30_000).map(from_cents)),
    max_size=30,
)


@given(arrivals, days, st.integers())
def test_a_guess_lies_after_the_last_and_order_does_not_matter(
    known: list[Arrival], as_of: date, seed: int
) -> None:
    found = expect(known, as_of, FIGURES)
    shuffled = list(known)
    Random(seed).shuffle(shuffled)
    assert expect(shuffled, as_of, FIGURES) == found
    if found is not None:
        mine = [it.on for it in known if it.stream == found.stream and it.on <= as_of and it.amount]
        assert found.last_on == max(mine)
        assert found.on > found.last_on
        assert found.is_late == (weekdays_between(found.on, as_of) >= LATE_AFTER)
    assert expect([it for it in known if it.on <= as_of], as_of, FIGURES) == found


@given(arrivals)
def test_what_came_on_one_day_is_one_sum(known: list[Arrival]) -> None:
    sums = by_day(known)
    assert sum((it.amount for it in sums), D(0)) == sum((it.amount for it in known), D(0))
    assert len({(it.on, it.stream) for it in sums}) == len(sums)
