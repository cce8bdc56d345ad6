"""The yearly fee for services, with numbers worked out by hand."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.agency import AnnualFee, load_agency
from portal.rules.fees import fee_due, fiscal_year
from portal.rules.money import CENT, ZERO, from_cents

FEDERAL = AnnualFee(D("35.00"), D("550.00"))

MONEY = st.integers(0, 200_000).map(from_cents)
FEES = st.builds(AnnualFee, MONEY, MONEY, st.integers(1, 12))


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 9, 30), date(2025, 10, 1)),
        (date(2026, 10, 1), date(2026, 10, 1)),
        (date(2026, 12, 31), date(2026, 10, 1)),
    ],
)
def test_the_federal_fiscal_year_begins_in_october(day: date, first: date) -> None:
    assert fiscal_year(day, FEDERAL) == first


@pytest.mark.parametrize(
    ("collected", "charged", "due"),
    [
        ("549.99", "0.00", "0.00"),
        ("550.00", "0.00", "35.00"),
        ("9000.00", "35.00", "0.00"),
        ("9000.00", "20.00", "15.00"),
    ],
)
def test_once_a_year_after_enough_was_collected(collected: str, charged: str, due: str) -> None:
    assert fee_due(D(collected), D(charged), FEDERAL) == D(due)


def test_the_shipped_agency_publishes_none() -> None:
    assert load_agency("massachusetts").annual_fee is None


def test_a_year_begins_in_a_month() -> None:
    with pytest.raises(ValueError, match="year_begins"):
        AnnualFee(D("35.00"), D("550.00"), 13)


# What holds for any fee


@given(MONEY, MONEY, FEES)
def test_it_is_never_below_nothing_nor_more_than_once(
    collected: D, charged: D, fee: AnnualFee
) -> None:
    due = fee_due(collected, charged, fee)
    assert 0 <= due <= fee.amount
    assert due == 0 or charged + due == fee.amount
    assert fee_due(collected, charged + due, fee) == 0, "what was charged is not due again"


@given(FEES)
def test_from_the_sum_on_and_not_a_cent_before(fee: AnnualFee) -> None:
    assert fee_due(fee.collected_from, ZERO, fee) == fee.amount
    assert fee_due(fee.collected_from - CENT, ZERO, fee) == 0


@given(st.lists(MONEY, max_size=8), FEES, st.randoms(use_true_random=False))
def test_in_whatever_order_a_year_is_collected_it_brings_one_fee_or_none(
    amounts: list[D], fee: AnnualFee, random: object
) -> None:
    random.shuffle(amounts)  # type: ignore[attr-defined]
    collected, charged = ZERO, ZERO
    for amount in amounts:
        collected += amount
        charged += fee_due(collected, charged, fee)
    enough = bool(amounts) and sum(amounts, ZERO) >= fee.collected_from
    assert charged == (fee.amount if enough else ZERO)


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), FEES)
def test_a_day_is_in_the_year_that_began_last(day: date, fee: AnnualFee) -> None:
    first = fiscal_year(day, fee)
    assert first <= day < first.replace(year=first.year + 1)
    assert (first.month, first.day) == (fee.year_begins, 1)
