"""The clocks of letters and reviews, to midnight of the agency's day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import deadlines
from portal.rules.agency import load_agency

MA = load_agency("massachusetts")


def test_thirty_days_from_the_letter_or_the_later_printed_day() -> None:
    assert deadlines.respond_by(date(2026, 11, 2), None, MA) == date(2026, 12, 2)
    assert deadlines.respond_by(date(2026, 11, 2), date(2026, 12, 9), MA) == date(2026, 12, 9)
    assert deadlines.respond_by(date(2026, 11, 2), date(2026, 11, 20), MA) == date(2026, 12, 2)
    assert deadlines.days_left(date(2026, 12, 2), date(2026, 11, 22)) == 10


def test_the_day_ends_at_midnight_in_boston_not_in_utc() -> None:
    last = date(2026, 12, 2)
    midnight = datetime(2026, 12, 3, 5, 0, tzinfo=UTC)  # Eastern standard time is UTC-5
    assert MA.end_of_day(last) == midnight
    assert deadlines.is_timely(midnight - timedelta(seconds=1), last, MA)
    assert not deadlines.is_timely(midnight, last, MA)
    assert MA.end_of_day(date(2026, 7, 4)) == datetime(
        2026, 7, 5, 4, 0, tzinfo=UTC
    )  # daylight time


def test_review_clocks() -> None:
    late_evening = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)  # still November 20 in Boston
    assert deadlines.decide_by(late_evening, MA) == date(2026, 12, 20)
    assert deadlines.judicial_review_by(date(2026, 12, 18), MA) == date(2027, 2, 1)
    assert deadlines.closing_on(date(2026, 11, 1), MA) == date(2026, 12, 31)


def test_a_day_that_stands_for_never_is_a_last_day_like_any_other() -> None:
    """Systems of record write December 31, 9999 where a date has no end."""
    never = date.max
    now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert deadlines.is_timely(now, never, MA)
    assert deadlines.respond_by(date(2026, 11, 2), never, MA) == never
    assert deadlines.respond_by(never, None, MA) == never
    assert deadlines.judicial_review_by(never, MA) == never
    assert deadlines.closing_on(never, MA) == never


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        MA.local_date(datetime(2026, 11, 20, 12, 0))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))
def test_every_instant_lies_in_its_own_local_day(now: datetime) -> None:
    day = MA.local_date(now)
    assert MA.start_of_day(day) <= now < MA.end_of_day(day)
    assert deadlines.is_timely(now, day, MA)
    assert not deadlines.is_timely(now, day - timedelta(days=1), MA)
