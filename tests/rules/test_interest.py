"""Interest and penalty at the end of a month, with numbers worked out by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from portal.rules.agency import ChargeRate, load_agency
from portal.rules.interest import MonthEnd, NotCharged, assess, minimum_payment
from portal.rules.vocabulary import Service

RULES = load_agency("massachusetts").interest
BEHIND = MonthEnd(date(2026, 10, 31), past_due=D("4210.50"), minimum=D("500.00"), paid=D("499.99"))


def test_half_a_percent_each_of_all_past_due_support() -> None:
    result = assess(BEHIND, RULES)
    assert (result.interest, result.penalty, result.reason) == (D("21.05"), D("21.05"), None)


def test_rates_before_july_2010() -> None:
    old = assess(replace(BEHIND, day=date(2010, 6, 30)), RULES)
    assert (old.interest, old.penalty) == (D("42.11"), D("21.05"))  # 42.105 and 21.0525
    assert assess(replace(BEHIND, day=date(2010, 7, 31)), RULES).interest == D("21.05")
    assert RULES.percent(ChargeRate.INTEREST, date(1998, 12, 31)) == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"past_due": D("500.00")}, NotCharged.NOT_OVER_THRESHOLD),
        ({"paid": D("500.00")}, NotCharged.MINIMUM_PAID),
        ({"service": Service.INCOME_WITHHOLDING_ONLY}, NotCharged.WITHHOLDING_ONLY),
        ({"issued_elsewhere": True}, NotCharged.ORDER_OF_ANOTHER_STATE),
    ],
)
def test_months_without_a_charge(change: dict[str, object], reason: NotCharged) -> None:
    result = assess(replace(BEHIND, **change), RULES)  # type: ignore[arg-type]
    assert (result.interest, result.penalty, result.reason) == (0, 0, reason)


def test_a_cent_over_the_threshold_is_charged() -> None:
    assert assess(replace(BEHIND, past_due=D("500.01")), RULES).interest == D("2.50")


def test_never_compounded() -> None:
    """A year behind brings twelve times the first month's charge: the base has no interest in it."""
    total = sum(assess(BEHIND, RULES).interest for _ in range(12))
    assert total == D("252.60")


def test_minimum_payment_without_a_current_order_is_the_last_one() -> None:
    assert minimum_payment(D("400.00"), D("300.00")) == D("400.00")
    assert minimum_payment(D("0.00"), D("300.00")) == D("300.00")
