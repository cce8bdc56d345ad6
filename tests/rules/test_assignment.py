"""Who a payment on arrears goes to."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.assignment import Split, split_arrears
from portal.rules.money import ZERO, from_cents

MONEY = st.integers(0, 200_000).map(from_cents)
OWED = st.builds(Split, MONEY, MONEY)


@pytest.mark.parametrize(
    ("amount", "on_assistance", "family", "state"),
    [
        ("50.00", False, "50.00", "0.00"),
        ("120.00", False, "100.00", "20.00"),
        ("200.00", False, "160.00", "40.00"),  # 100 and 40 owed; the surplus is the family's
        ("30.00", True, "0.00", "30.00"),
        ("90.00", True, "50.00", "40.00"),
    ],
)
def test_family_first_unless_on_assistance(
    amount: str, on_assistance: bool, family: str, state: str
) -> None:
    owed = Split(D("100.00"), D("40.00"))
    assert split_arrears(D(amount), owed, on_assistance=on_assistance) == Split(D(family), D(state))


# What holds for any payment


@given(MONEY, OWED, st.booleans())
def test_the_parts_add_up_and_neither_is_below_nothing(
    amount: D, owed: Split, on_assistance: bool
) -> None:
    split = split_arrears(amount, owed, on_assistance=on_assistance)
    assert split.family + split.state == amount
    assert split.family >= 0
    assert 0 <= split.state <= owed.state


@given(MONEY, OWED)
def test_whose_turn_is_later_gets_nothing_before_the_other_is_paid(amount: D, owed: Split) -> None:
    after = split_arrears(amount, owed, on_assistance=False)
    assert after.state == 0 or after.family >= owed.family
    meanwhile = split_arrears(amount, owed, on_assistance=True)
    assert meanwhile.family == 0 or meanwhile.state == owed.state


@given(st.lists(MONEY, max_size=6), OWED, st.booleans(), st.randoms(use_true_random=False))
def test_neither_the_order_of_payments_nor_how_they_are_cut_matters(
    amounts: list[D], owed: Split, on_assistance: bool, random: object
) -> None:
    together = split_arrears(sum(amounts, ZERO), owed, on_assistance=on_assistance)
    random.shuffle(amounts)  # type: ignore[attr-defined]
    family, state = ZERO, ZERO
    for amount in amounts:
        left = Split(max(owed.family - family, ZERO), owed.state - state)
        split = split_arrears(amount, left, on_assistance=on_assistance)
        family, state = family + split.family, state + split.state
    assert Split(family, state) == together
