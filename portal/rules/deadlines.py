"""The clocks of letters and reviews. Days are calendar days, to midnight of the agency's day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.rules.agency import Agency


def respond_by(dated_on: date, printed: date | None, agency: Agency) -> date:
    """The last day to answer a letter: the later of the day printed on it and the profile's days.

    Counted from the letter's date, which is day 0: a letter of November 2 with 30 days may be
    answered through December 2.
    """
    counted = _after(dated_on, agency.notices.response_days)
    return max(counted, printed) if printed else counted


def days_left(last_day: date, today: date) -> int:
    """Days from today to the last day: 0 on the last day itself, negative once it is over."""
    return (last_day - today).days


def is_timely(filed_at: datetime, last_day: date, agency: Agency) -> bool:
    """Whether an aware instant lies before the midnight that ends the last day."""
    return filed_at < agency.end_of_day(last_day)


def decide_by(filed_at: datetime, agency: Agency) -> date:
    """The day by which a review filed at that instant is to be decided (agency's practice)."""
    return agency.local_date(filed_at) + timedelta(days=agency.review.decision_days)


def judicial_review_by(decided_on: date, agency: Agency) -> date:
    """The last day to ask a court to look at a decision (G.L. c.119A s.17)."""
    return _after(decided_on, agency.review.judicial_review_days)


def closing_on(dated_on: date, agency: Agency) -> date:
    """The day a case may close after a closing letter (45 CFR 303.11(c))."""
    return _after(dated_on, agency.notices.closing_days)


def _after(day: date, days: int) -> date:
    """So many days later; systems of record write the last day there is for "never"."""
    return day + timedelta(days=days) if (date.max - day).days >= days else date.max
