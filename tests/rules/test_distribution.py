"""How payments are applied: examples by hand, and what must hold for any payment."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.agency import ArrearsShare, load_agency
from portal.rules.distribution import Due, Share, by_category, distribute, share_equally, steps_for
from portal.rules.money import from_cents
from portal.rules.vocabulary import AllocationCategory, Category, Source

RULES = load_agency("massachusetts").distribution
FIRST_OR_ONLY = (RULES, replace(RULES, federal_tax_offset_past_due_only=False))
cents = st.integers(0, 500_000).map(from_cents)
cases = st.sampled_from(["C1", "C2", "C3"])
dues = st.lists(st.builds(Due, cases, st.sampled_from(Category), cents, st.booleans()), max_size=14)
sources = st.sampled_from(Source)
WEIGHTS = {"C1": D(100), "C2": D(50), "C3": D(0)}


def due(case: str, category: str, amount: str, *, past: bool = False) -> Due:
    return Due(case, Category(category), D(amount), past)


def applied(amount: str, source: Source, *dues: Due) -> dict[tuple[str, str], D]:
    weights = {"C1": D(100), "C2": D(50)}
    shares = distribute(D(amount), source, dues, RULES, weights)
    return {(case, category.value): part for (case, category), part in by_category(shares).items()}


TWO_HOUSEHOLDS = (
    due("C1", "current_support", "400.00"),
    due("C2", "current_support", "200.00"),
    due("C1", "arrears", "900.00", past=True),
    due("C2", "arrears", "100.00", past=True),
)


def test_too_little_is_shared_in_proportion_to_current_support() -> None:
    assert applied("120.00", Source.INCOME_WITHHOLDING, *TWO_HOUSEHOLDS) == {
        ("C1", "current_support"): D("80.00"),
        ("C2", "current_support"): D("40.00"),
    }


def test_current_support_of_all_households_comes_before_any_arrears() -> None:
    assert applied("700.00", Source.PAID_ONLINE, *TWO_HOUSEHOLDS) == {
        ("C1", "current_support"): D("400.00"),
        ("C2", "current_support"): D("200.00"),
        ("C1", "arrears"): D("90.00"),
        ("C2", "arrears"): D("10.00"),
    }


def test_a_federal_tax_refund_goes_to_past_due_support_only() -> None:
    assert applied("1100.00", Source.FEDERAL_TAX_OFFSET, *TWO_HOUSEHOLDS) == {
        ("C1", "arrears"): D("900.00"),
        ("C2", "arrears"): D("100.00"),
        ("C1", "held"): D("66.67"),
        ("C2", "held"): D("33.33"),
    }


def test_a_profile_may_let_the_federal_refund_flow_on_after_past_due_support() -> None:
    shares = distribute(
        D("1100.00"), Source.FEDERAL_TAX_OFFSET, TWO_HOUSEHOLDS, FIRST_OR_ONLY[1], WEIGHTS
    )
    assert by_category(shares)["C1", AllocationCategory.CURRENT_SUPPORT] == D("66.67")


def test_interest_penalty_and_fee_come_after_arrears() -> None:
    rest = [
        due("C1", name, "10.00", past=True) for name in ("fee", "penalty", "interest", "arrears")
    ]
    assert applied("25.00", Source.CASH, *rest) == {
        ("C1", "arrears"): D("10.00"),
        ("C1", "interest"): D("10.00"),
        ("C1", "penalty"): D("5.00"),
    }


def test_nothing_due_is_held_on_the_payors_cases() -> None:
    assert applied("30.00", Source.CASH) == {("C1", "held"): D("20.00"), ("C2", "held"): D("10.00")}
    shares = distribute(D("30.00"), Source.CASH, [], RULES, {"C9": D(0), "C8": D(0)})
    assert shares == (Share("C8", AllocationCategory.HELD, D("30.00"), None),)


def test_equal_sharing_gives_what_one_cannot_take_to_the_rest() -> None:
    assert share_equally(D("100.00"), {"a": D(10), "b": D(200), "c": D(80)}) == {
        "a": D("10.00"), "b": D("45.00"), "c": D("45.00"),
    }  # fmt: skip
    equal = replace(RULES, arrears_share=ArrearsShare.EQUAL)
    shares = distribute(D("100.00"), Source.LIEN, TWO_HOUSEHOLDS[2:], equal, WEIGHTS)
    assert by_category(shares)["C2", AllocationCategory.ARREARS] == D("50.00")


def test_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="payment cannot be"):
        distribute(D("-1.00"), Source.CASH, [], RULES, WEIGHTS)
    with pytest.raises(ValueError, match="what is due"):
        distribute(D("1.00"), Source.CASH, [due("C1", "fee", "-1.00")], RULES, WEIGHTS)


@given(cents, sources, dues, st.sampled_from(FIRST_OR_ONLY))
def test_every_cent_is_applied_once_and_nothing_above_its_due(
    amount: D, source: Source, dues: list[Due], rules: object
) -> None:
    shares = distribute(amount, source, dues, rules, WEIGHTS)  # type: ignore[arg-type]
    assert sum(share.amount for share in shares) == amount
    assert all(share.amount > 0 for share in shares)
    for share in shares:
        if share.step:
            owed = [
                d.amount
                for d in dues
                if (d.case_id, d.category, d.past_due)
                == (share.case_id, share.step.category, share.step.past_due)
            ]
            assert share.amount <= sum(owed)
    assert shares == distribute(amount, source, dues[::-1], rules, WEIGHTS)  # type: ignore[arg-type]


@given(cents, sources, dues)
def test_no_step_begins_before_the_one_ahead_is_paid_in_all_households(
    amount: D, source: Source, dues: list[Due]
) -> None:
    shares = distribute(amount, source, dues, RULES, WEIGHTS)
    steps = steps_for(source, RULES)
    reached = [n for n, step in enumerate(steps) if any(share.step == step for share in shares)]
    full_until = (
        len(steps) if any(share.step is None for share in shares) else max(reached, default=0)
    )
    for step in steps[:full_until]:
        owed = sum(
            d.amount for d in dues if (d.category, d.past_due) == (step.category, step.past_due)
        )
        assert sum(share.amount for share in shares if share.step == step) == owed


@given(cents, dues)
def test_each_step_is_shared_within_a_cent_of_what_is_due(amount: D, dues: list[Due]) -> None:
    shares = distribute(amount, Source.INCOME_WITHHOLDING, dues, RULES, WEIGHTS)
    for step in steps_for(Source.INCOME_WITHHOLDING, RULES):
        here = [d for d in dues if (d.category, d.past_due) == (step.category, step.past_due)]
        whole = sum(d.amount for d in here)
        paid = sum(share.amount for share in shares if share.step == step)
        for case in ("C1", "C2", "C3"):
            owed = sum((d.amount for d in here if d.case_id == case), D(0))
            got = sum((s.amount for s in shares if s.step == step and s.case_id == case), D(0))
            assert not whole or abs(got - paid * owed / whole) < D("0.01")


@given(cents, st.dictionaries(cases, cents, min_size=1))
def test_equal_shares_add_up(total: D, caps: dict[str, D]) -> None:
    total = min(total, sum(caps.values(), D(0)))
    shares = share_equally(total, caps)
    assert sum(shares.values()) == total
    assert all(shares[key] <= caps[key] for key in caps)
    top = max(shares.values())
    assert all(shares[key] in (caps[key], top, top - D("0.01")) for key in caps)
