"""Interest and penalty at the end of a month, with numbers worked out by hand."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.agency import ChargeRate, Interest, Rate, load_agency
from portal.rules.calendar import end_of_month
from portal.rules.interest import MonthEnd, NotCharged, assess, minimum_payment
from portal.rules.money import CENT, ZERO, from_cents
from portal.rules.recompute import recompute
from portal.rules.recompute_books import Books
from portal.rules.recompute_facts import CaseRecord, ChargeFact, OrderFact
from portal.rules.vocabulary import (
    Category,
    ChargeKind,
    Frequency,
    Interstate,
    OrderKind,
    Service,
)

AGENCY = load_agency("massachusetts")
RULES = AGENCY.interest
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


def test_minimum_payment_without_a_current_order_is_the_last_one() -> None:
    assert minimum_payment(D("400.00"), D("300.00")) == D("400.00")
    assert minimum_payment(D("0.00"), D("300.00")) == D("300.00")


# What holds for any month's end

MONEY = st.integers(0, 2_000_000).map(from_cents)
SINCE = date(2000, 1, 1)
ANY_RULES = st.builds(
    lambda threshold, interest, penalty: Interest(
        threshold,
        (),
        (
            Rate(ChargeRate.INTEREST, interest, SINCE),
            Rate(ChargeRate.PENALTY, penalty, SINCE),
        ),
    ),
    MONEY,
    st.decimals(0, 3, places=2),
    st.decimals(0, 3, places=2),
)


@given(ANY_RULES, MONEY, MONEY, MONEY)
def test_charged_over_the_threshold_alone_to_the_nearest_cent(
    rules: Interest, past_due: D, minimum: D, paid: D
) -> None:
    """ "More than" the threshold, and less than the minimum paid; of the whole sum, not of what is
    above the threshold."""
    result = assess(MonthEnd(date(2026, 10, 31), past_due, minimum, paid), rules)
    if past_due <= rules.threshold or paid >= minimum:
        assert (result.interest, result.penalty) == (0, 0)
        assert result.reason is not None
        return
    assert result.reason is None
    for charged, rate in zip((result.interest, result.penalty), rules.rates, strict=True):
        exact = past_due * rate.percent / 100
        assert charged >= 0
        assert charged == exact.quantize(CENT, ROUND_HALF_UP)


@given(ANY_RULES)
def test_the_threshold_itself_brings_nothing_and_a_cent_more_brings_all(rules: Interest) -> None:
    at = MonthEnd(date(2026, 10, 31), rules.threshold, minimum=CENT, paid=ZERO)
    assert assess(at, rules).reason is NotCharged.NOT_OVER_THRESHOLD
    assert assess(replace(at, past_due=rules.threshold + CENT), rules).reason is None


UNPAID = st.lists(st.integers(1, 90_000).map(from_cents), min_size=1, max_size=7)


@given(st.integers(0, 400_000).map(from_cents), UNPAID, st.integers(1, 50_000).map(from_cents))
def test_never_compounded(opening: D, unpaid: list[D], fee: D) -> None:
    """Months in which nothing is paid: each brings half a percent of the support that is unpaid by
    then, though the interest and penalty of every month before is owed too, and so is a fee."""
    owed = opening
    charges = [_row("2026-01-01", ChargeKind.OPENING, Category.ARREARS, opening),
               _row("2026-01-01", ChargeKind.CHARGE, Category.FEE, fee)]  # fmt: skip
    for number, amount in enumerate(unpaid, 2):
        month = date(2026, number, 1)
        last = end_of_month(month)
        owed += amount
        charges.append(_row(f"{month}", ChargeKind.CHARGE, Category.CURRENT_SUPPORT, amount))
        past_due = Books(_case(charges, last)).owed(Category.ARREARS, last)
        result = assess(MonthEnd(last, past_due, minimum=amount, paid=ZERO), RULES)
        half_a_percent = (owed / 200).quantize(CENT, ROUND_HALF_UP) if owed > 500 else ZERO
        assert (result.interest, result.penalty) == (half_a_percent, half_a_percent)
        if half_a_percent:
            charges += [
                _row(f"{last}", ChargeKind.CHARGE, category, half_a_percent)
                for category in (Category.INTEREST, Category.PENALTY)
            ]
    found = recompute(_case(charges, last), AGENCY)
    assert not [it for it in found if it.category in (Category.INTEREST, Category.PENALTY)]


def _row(day: str, kind: ChargeKind, category: Category, amount: D) -> ChargeFact:
    return ChargeFact(f"{day}/{category}", date.fromisoformat(day), kind, category, amount)


def _case(charges: list[ChargeFact], as_of: date) -> CaseRecord:
    """A monthly order, whatever fell due under it."""
    order = OrderFact(
        OrderKind.CURRENT_SUPPORT, D("900.00"), Frequency.MONTHLY, date(2026, 1, 1), None, "25"
    )
    return CaseRecord(
        "C1", Service.FULL, date(2026, 1, 1), None, Interstate.NONE, as_of, (order,),
        tuple(charges), (),
    )  # fmt: skip
