"""The yearly fee for services, with numbers worked out by hand."""

from datetime import date
from decimal import Decimal as D

import pytest

from portal.rules.agency import AnnualFee, load_agency
from portal.rules.fees import fee_due, fiscal_year

FEDERAL = AnnualFee(D("35.00"), D("550.00"))


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
