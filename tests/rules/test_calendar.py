"""Billing days: the agency's published months, and every kind of order."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.agency import load_agency
from portal.rules.calendar import (
    Terms,
    billing_days,
    due_dates,
    due_in_month,
    end_of_month,
    months,
    total_due,
)
from portal.rules.vocabulary import Frequency

BILLING = load_agency("massachusetts").billing
days = st.dates(date(1999, 1, 1), date(2040, 12, 31))


def terms(frequency: str, since: date, until: date | None = None, amount: str = "100.00") -> Terms:
    return Terms(D(amount), Frequency(frequency), since, until)


@pytest.mark.parametrize("month", ["2005-09", "2005-12", "2006-03", "2006-06"])
def test_published_five_friday_months(month: str) -> None:
    first = date.fromisoformat(f"{month}-01")
    assert billing_days(first, BILLING) == 5
    due = due_in_month(terms("weekly", date(2000, 1, 1)), first, BILLING)
    assert (due.count, due.each, due.total) == (5, D("100.00"), D("500.00"))


def test_the_other_months_from_september_2005_to_june_2006_have_four_fridays() -> None:
    counted = {
        f"{m:%Y-%m}": billing_days(m, BILLING) for m in months(date(2005, 9, 1), date(2006, 6, 30))
    }
    assert [month for month, count in counted.items() if count == 5] == [
        "2005-09",
        "2005-12",
        "2006-03",
        "2006-06",
    ]
    assert set(counted.values()) == {4, 5}


def test_weekly_days_are_the_fridays() -> None:
    due = due_in_month(terms("weekly", date(2020, 1, 1)), date(2026, 11, 20), BILLING)
    assert [day.day for day in due.dates] == [6, 13, 20, 27]
    assert due.total == D("400.00")


def test_biweekly_counts_from_the_first_billing_day_on_or_after_the_start() -> None:
    order = terms("biweekly", date(2026, 9, 2))  # a Wednesday: first due Friday the 4th
    assert due_dates(order, date(2026, 9, 1), date(2026, 10, 31), BILLING) == (
        date(2026, 9, 4), date(2026, 9, 18), date(2026, 10, 2), date(2026, 10, 16), date(2026, 10, 30),
    )  # fmt: skip
    assert due_in_month(order, date(2026, 10, 5), BILLING).count == 3


def test_monthly_is_due_on_the_first_and_semimonthly_on_the_1st_and_15th() -> None:
    monthly = terms("monthly", date(2026, 1, 2))
    assert due_dates(monthly, date(2026, 1, 1), date(2026, 3, 31), BILLING) == (
        date(2026, 2, 1),
        date(2026, 3, 1),
    )
    semimonthly = terms("semimonthly", date(2026, 1, 1))
    assert [
        d.day for d in due_dates(semimonthly, date(2026, 2, 1), date(2026, 2, 28), BILLING)
    ] == [1, 15]


def test_an_order_is_due_through_its_last_day_only() -> None:
    order = terms("weekly", date(2026, 11, 6), date(2026, 11, 20))
    assert [day.day for day in due_dates(order, date(2026, 1, 1), date(2026, 12, 31), BILLING)] == [
        6,
        13,
        20,
    ]
    assert due_dates(order, date(2027, 1, 1), date(2027, 12, 31), BILLING) == ()


def test_a_total_counts_every_order() -> None:
    orders = [terms("weekly", date(2026, 1, 1)), terms("monthly", date(2026, 1, 1), amount="30.00")]
    assert total_due(orders, date(2026, 7, 1), date(2026, 7, 31), BILLING) == D("530.00")


@given(
    days, st.sampled_from(Frequency), st.integers(0, 400), st.integers(0, 400), st.integers(0, 400)
)
def test_two_spans_have_the_days_of_the_whole(
    start: date, frequency: Frequency, a: int, b: int, c: int
) -> None:
    order = Terms(D("10.00"), frequency, start)
    first, middle = start - timedelta(days=a), start + timedelta(days=b)
    last = middle + timedelta(days=c + 1)
    whole = due_dates(order, first, last, BILLING)
    assert whole == due_dates(order, first, middle, BILLING) + due_dates(
        order, middle + timedelta(days=1), last, BILLING
    )
    assert all(max(first, start) <= day <= last for day in whole)
    assert list(whole) == sorted(set(whole))


@given(days)
def test_a_month_has_four_or_five_billing_days(day: date) -> None:
    counted = sum((day.replace(day=n)).weekday() == 4 for n in range(1, end_of_month(day).day + 1))
    assert billing_days(day, BILLING) == counted
    assert counted in (4, 5)
