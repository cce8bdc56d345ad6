"""Sharing loses no cent."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.money import from_cents, percent_of, round_cent, share_in_proportion, to_cents

cents = st.integers(0, 10_000_000).map(from_cents)
weights = st.dictionaries(st.text("ABC123", min_size=1, max_size=3), cents, min_size=1, max_size=6)


def test_cents_and_dollars_go_both_ways_and_fractions_are_refused() -> None:
    assert to_cents(D("1234.50")) == 123450
    assert from_cents(-5) == D("-0.05")
    assert str(from_cents(100)) == "1.00"
    with pytest.raises(ValueError, match="whole number of cents"):
        to_cents(D("0.005"))


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("0.0049", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01")],
)
def test_halves_round_up(exact: str, rounded: str) -> None:
    assert round_cent(D(exact)) == D(rounded)


def test_half_a_percent_of_a_balance() -> None:
    assert percent_of(D("4210.50"), D("0.5")) == D("21.05")  # 21.0525
    assert percent_of(D("501.00"), D("0.5")) == D("2.51")  # 2.505


def test_shares_by_hand() -> None:
    """$100.00 over 1 : 1 : 1, and $120.00 over $100.00 and $50.00 a week."""
    thirds = share_in_proportion(D("100.00"), {"c": D(1), "a": D(1), "b": D(1)})
    assert thirds == {"a": D("33.34"), "b": D("33.33"), "c": D("33.33")}
    assert share_in_proportion(D("120.00"), {"C1": D(100), "C2": D(50)}) == {
        "C1": D("80.00"),
        "C2": D("40.00"),
    }


def test_no_weight_gets_no_money() -> None:
    assert share_in_proportion(D(5), {"a": D(0), "b": D(1)}) == {"a": D("0.00"), "b": D("5.00")}
    assert share_in_proportion(D(0), {"a": D(0)}) == {"a": D("0.00")}
    with pytest.raises(ValueError, match="nothing to share"):
        share_in_proportion(D(1), {"a": D(0)})
    with pytest.raises(ValueError, match="zero or more"):
        share_in_proportion(D(-1), {"a": D(1)})


@given(cents, weights)
def test_shares_add_up_and_are_within_a_cent(total: D, weights: dict[str, D]) -> None:
    whole = sum(weights.values())
    if not whole:
        return
    shares = share_in_proportion(total, weights)
    assert sum(shares.values()) == total
    for key, share in shares.items():
        assert abs(share - total * weights[key] / whole) < D("0.01")
        assert share <= weights[key] or total > whole
    assert shares == share_in_proportion(total, dict(reversed(weights.items())))
