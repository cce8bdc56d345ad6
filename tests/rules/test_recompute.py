"""A case worked out again: each kind of difference, and what is not judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.agency import AnnualFee, load_agency
from portal.rules.house_figures import Comparing
from portal.rules.recompute import (
    CaseRecord,
    ChargeFact,
    Difference,
    OrderFact,
    PaymentFact,
    recompute,
    recompute_splits,
)
from portal.rules.vocabulary import (
    AllocationCategory,
    Category,
    ChargeKind,
    ChargeReason,
    Frequency,
    Interstate,
    OrderKind,
    Service,
    Source,
)
from tests.support.agencies import lakeland

MA = load_agency("massachusetts")
AS_OF = date(2026, 11, 20)
FRIDAYS_OF_OCTOBER = ("2026-10-02", "2026-10-09", "2026-10-16", "2026-10-23", "2026-10-30")


def day(text: str) -> date:
    return date.fromisoformat(text)


def order(
    amount: str = "100.00",
    frequency: str = "weekly",
    since: str = "2026-09-01",
    until: str = "",
    **more: object,
) -> OrderFact:
    made = OrderFact(
        OrderKind.CURRENT_SUPPORT,
        D(amount),
        Frequency(frequency),
        day(since),
        day(until) if until else None,
        "25",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def charge(
    on: str,
    amount: str,
    category: str = "current_support",
    kind: str = "charge",
    reason: str = "",
    key: str = "",
) -> ChargeFact:
    return ChargeFact(
        key or f"{on}/{category}/{amount}",
        day(on),
        ChargeKind(kind),
        Category(category),
        D(amount),
        ChargeReason(reason) if reason else None,
    )


def paid(
    on: str,
    amount: str,
    source: str = "paid_online",
    key: str = "",
    whole: str = "",
    back: str = "",
    **parts: str,
) -> PaymentFact:
    return PaymentFact(
        key or f"pay {on}",
        day(on),
        D(whole or amount),
        Source(source),
        day(back) if back else None,
        {
            AllocationCategory(name): D(part)
            for name, part in (parts or {"current_support": amount}).items()
        },
        "P",
    )


def case(
    orders: tuple[OrderFact, ...],
    charges: tuple[ChargeFact, ...],
    payments: tuple[PaymentFact, ...] = (),
    **more: object,
) -> CaseRecord:
    made = CaseRecord(
        "C1",
        Service.FULL,
        day("2026-01-05"),
        None,
        Interstate.NONE,
        AS_OF,
        orders,
        charges,
        payments,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def told(found: tuple[Difference, ...]) -> list[tuple[str, str, str, str, str]]:
    return [
        (it.kind.value, f"{it.month:%Y-%m}", it.category.value, str(it.record), str(it.expected))
        for it in found
    ]


OPENING = charge("2026-09-30", "2000.00", "arrears", "opening")
MONTHLY = order("400.00", "monthly", "2026-01-05")
FELL_DUE = (charge("2026-10-01", "400.00"), charge("2026-11-01", "400.00"))


def october(
    *more: ChargeFact, payments: tuple[PaymentFact, ...] = (), **changes: object
) -> list[tuple[str, ...]]:
    """$2,000 from before and $400 a month: 2400 past due on October 31, 12.00 interest."""
    return list(
        told(recompute(case((MONTHLY,), (OPENING, *FELL_DUE, *more), payments, **changes), MA))
    )


# Charges


def weekly(*days: str, amount: str = "100.00") -> tuple[ChargeFact, ...]:
    return tuple(charge(on, amount) for on in days)


def test_a_due_date_that_was_not_charged() -> None:
    rows = weekly(*FRIDAYS_OF_OCTOBER[:2], *FRIDAYS_OF_OCTOBER[3:])
    found = recompute(case((order(since="2026-10-01", until="2026-10-31"),), rows), MA)
    assert told(found) == [("not_charged", "2026-10", "current_support", "0.00", "100.00")]


def test_another_amount_than_the_order_has() -> None:
    rows = (*weekly(*FRIDAYS_OF_OCTOBER[:4]), charge("2026-10-30", "110.00"))
    found = recompute(case((order(since="2026-10-01", until="2026-10-31"),), rows), MA)
    assert told(found) == [("wrong_amount", "2026-10", "current_support", "110.00", "100.00")]
    assert found[0].charge_ids == ("2026-10-30/current_support/110.00",)


def test_support_before_the_order_began() -> None:
    rows = weekly("2026-10-02", "2026-10-09", *FRIDAYS_OF_OCTOBER[2:])
    found = recompute(case((order(since="2026-10-12", until="2026-10-31"),), rows), MA)
    assert told(found) == [("charged_before_start", "2026-10", "current_support", "200.00", "0.00")]


def test_a_weekly_order_that_goes_on_beside_the_monthly_one_is_one_error() -> None:
    orders = (order(until="2026-09-30"), order("400.00", "monthly", "2026-10-01"))
    rows = weekly("2026-09-04", "2026-09-11", "2026-09-18", "2026-09-25", *FRIDAYS_OF_OCTOBER)
    november = charge("2026-11-01", "400.00")
    found = recompute(case(orders, (*rows, november)), MA)
    assert told(found) == [
        ("order_change_not_charged", "2026-10", "current_support", "500.00", "400.00")
    ]


def test_a_charge_made_twice_points_at_the_second() -> None:
    rows = (*weekly(*FRIDAYS_OF_OCTOBER), charge("2026-10-30", "100.00", key="z"))
    (found,) = recompute(case((order(since="2026-10-01", until="2026-10-31"),), rows), MA)
    assert told((found,)) == [("charged_twice", "2026-10", "current_support", "200.00", "100.00")]
    assert found.concerns(charge_id="z")
    assert not found.concerns(charge_id="2026-10-30/current_support/100.00")


@pytest.mark.parametrize(
    ("orders", "rows"),
    [
        # charged a day later, all month: the month's sum is right
        ((order(until="2026-10-31", since="2026-10-01"),), weekly("2026-10-02", "2026-10-10", *FRIDAYS_OF_OCTOBER[2:])),
        # orders that overlap: the new one alone, or both
        ((order("80.00", until="2026-10-31"), order(since="2026-10-01", until="2026-10-31")),
         (*weekly("2026-09-04", "2026-09-11", "2026-09-18", "2026-09-25", amount="80.00"), *weekly(*FRIDAYS_OF_OCTOBER))),
        # no order is carried
        ((), weekly(*FRIDAYS_OF_OCTOBER)),
        # due dates of another calendar than the profile's
        ((order("90.00", "monthly", until="2026-10-31"),), (charge("2026-09-02", "91.00"), charge("2026-10-02", "91.00"))),
    ],
)  # fmt: skip
def test_charges_that_are_not_judged(
    orders: tuple[OrderFact, ...], rows: tuple[ChargeFact, ...]
) -> None:
    assert recompute(case(orders, rows), MA) == ()


def test_what_fell_due_before_the_first_row_or_on_the_last_day_is_not_missed() -> None:
    rows = (
        charge("2026-10-20", "0.00", "arrears", "opening"),
        *weekly("2026-10-23", "2026-10-30", "2026-11-06", "2026-11-13"),
    )
    assert recompute(case((order(since="2020-01-01"),), rows), MA) == ()  # November 20 is `as_of`


# Interest and penalty


def test_interest_by_the_rule_is_right_and_none_is_not_called_wrong() -> None:
    assert (
        october(charge("2026-10-31", "12.00", "interest"), charge("2026-10-31", "12.00", "penalty"))
        == []
    )
    assert october() == []  # there may be an exemption, which the record does not carry


@pytest.mark.parametrize(
    ("kind", "amount", "expected", "changes"),
    [
        ("wrong_rate", "24.00", "12.00", {}),  # 1 %, the rate of before July 2010
        ("wrong_base", "10.00", "12.00", {}),  # on the 2000 of before alone
        ("on_withholding_only", "12.00", "0.00", {"service": Service.INCOME_WITHHOLDING_ONLY}),
        ("outside_service", "12.00", "0.00", {"closed_on": date(2026, 10, 15)}),
        ("outside_service", "12.00", "0.00", {"opened_on": date(2026, 11, 1)}),
    ],
)  # fmt: skip
def test_interest_that_is_wrong(
    kind: str, amount: str, expected: str, changes: dict[str, object]
) -> None:
    found = [
        it
        for it in october(charge("2026-10-31", amount, "interest"), **changes)
        if it[0] != "not_charged"
    ]
    assert found == [(kind, "2026-10", "interest", amount, expected)]


def test_a_month_whose_minimum_may_have_been_paid_ahead_is_not_judged() -> None:
    """$400 ahead on October 1: held then and applied in October, or not? The record cannot tell."""
    orders = (order("400.00", "monthly", "2026-09-01"), order("600.00", "monthly", "2026-09-01"))
    rows = (
        charge("2026-09-01", "1000.00"),
        charge("2026-10-01", "1000.00"),
        charge("2026-10-02", "950.00", "arrears", "adjustment", "court_order"),
        charge("2026-10-31", "2.75", "interest"),
    )
    ahead = paid("2026-09-10", "1400.00")
    assert (
        recompute(
            case(orders, rows, (ahead, paid("2026-10-10", "600.00")), as_of=day("2026-10-31")), MA
        )
        == ()
    )
    (sure,) = recompute(
        case(
            orders,
            rows,
            (paid("2026-09-10", "1000.00"), paid("2026-10-10", "1000.00")),
            as_of=day("2026-10-31"),
        ),
        MA,
    )
    assert sure.kind == "minimum_was_paid"


def test_an_order_that_does_not_say_whose_it_is() -> None:
    unsaid = replace(MONTHLY, issuing_state=None)
    rows = (OPENING, *FELL_DUE, charge("2026-10-31", "10.00", "interest"))
    assert told(recompute(case((unsaid,), rows), MA)) == [
        ("wrong_base", "2026-10", "interest", "10.00", "12.00")
    ]
    assert recompute(case((unsaid,), rows, interstate=Interstate.RESPONDING), MA) == ()
    for own in ("25", "MA", "US-MA"):
        named = replace(MONTHLY, issuing_state=own)
        assert recompute(case((named,), rows), MA)[0].kind == "wrong_base"
    mixed = (
        replace(MONTHLY, amount=D("200.00")),
        replace(MONTHLY, amount=D("200.00"), issuing_state="12"),
    )
    assert recompute(case(mixed, rows), MA) == ()


def test_an_arrears_order_sets_the_minimum_where_the_profile_says_so() -> None:
    ended = order("400.00", "monthly", "2026-01-05", "2026-08-31")
    on_arrears = order("50.00", "monthly", "2026-09-01", kind=OrderKind.ARREARS)
    rows = (OPENING, charge("2026-10-31", "9.75", "interest"))  # 1950 x 0.005
    record = case((ended, on_arrears), rows, (paid("2026-10-05", "50.00", arrears="50.00"),))
    assert recompute(record, MA) == ()  # $400, the last obligation, was not paid
    by_court = replace(MA, interest=replace(MA.interest, arrears_order_is_minimum=True))
    assert told(recompute(record, by_court)) == [
        ("minimum_was_paid", "2026-10", "interest", "9.75", "0.00")
    ]


def test_another_agencys_rates() -> None:
    agency = lakeland()  # 0.75 % over $1,000, no penalty; monthly orders fall due on the 5th
    rows = (OPENING, charge("2026-10-05", "400.00"), charge("2026-11-05", "400.00"))
    orders = (replace(MONTHLY, issuing_state="55"),)
    assert recompute(case(orders, (*rows, charge("2026-10-31", "18.00", "interest"))), agency) == ()
    wrong = (
        *rows,
        charge("2026-10-31", "12.00", "interest"),
        charge("2026-10-31", "12.00", "penalty"),
    )
    assert told(recompute(case(orders, wrong), agency)) == [
        ("wrong_base", "2026-10", "interest", "12.00", "18.00"),
        ("wrong_base", "2026-10", "penalty", "12.00", "0.00"),
    ]


# Credits and fees


@pytest.mark.parametrize("reason", ["court_credit", "direct_payment", "waiver"])
def test_a_credit_that_was_added(reason: str) -> None:
    row = charge("2026-10-14", "150.00", "arrears", "adjustment", reason)
    assert october(row) == [("credit_wrong_sign", "2026-10", "arrears", "150.00", "-150.00")]
    assert october(replace(row, amount=D("-150.00"))) == []
    assert october(replace(row, reason=ChargeReason.COURT_ORDER)) == []


def test_a_payment_taken_back_twice() -> None:
    bounced = paid("2026-10-05", "300.00", back="2026-10-12")
    row = charge("2026-10-13", "300.00", "arrears", "adjustment", "reversal")
    assert october(row, payments=(bounced,)) == [
        ("reversed_twice", "2026-10", "arrears", "300.00", "0.00")
    ]
    assert october(replace(row, amount=D("299.00")), payments=(bounced,)) == []
    assert october(row, payments=(paid("2026-10-05", "300.00"),)) == []
    late = replace(row, due_on=day("2026-10-30"))
    record = case((MONTHLY,), (OPENING, *FELL_DUE, late), (bounced,))
    near = replace(MA, comparing=Comparing(reversal_days=17))
    assert "reversed_twice" not in {it.kind.value for it in recompute(record, near)}
    assert "reversed_twice" in {it.kind.value for it in recompute(record, MA)}


def test_money_that_waits() -> None:
    waits = paid("2026-09-03", "250.00", held="250.00")
    opening = replace(OPENING, due_on=day("2026-08-31"), amount=D("180.00"))
    rows = (opening, charge("2026-09-01", "400.00"), *FELL_DUE)
    on_time = tuple(paid(on, "400.00") for on in ("2026-09-02", "2026-10-02", "2026-11-02"))
    record = case((MONTHLY,), rows, (waits, *on_time))
    assert told(recompute(record, MA)) == [
        ("held_too_long", "2026-09", "arrears", "0.00", "180.00")
    ]
    federal = replace(waits, source=Source.FEDERAL_TAX_OFFSET)
    assert recompute(replace(record, payments=(federal, *on_time)), MA) == ()  # six months at most
    later = replace(record, payments=(replace(waits, received_on=day("2026-10-30")), *on_time))
    assert recompute(later, MA) == ()
    nothing_owed = replace(record, charges=(replace(opening, amount=D("0.00")), *rows[1:]))
    assert recompute(nothing_owed, MA) == ()


def test_the_yearly_fee() -> None:
    agency = replace(MA, annual_fee=AnnualFee(D("35.00"), D("550.00")))
    rows = (
        charge("2025-09-30", "0.00", "arrears", "opening"),
        charge("2025-10-20", "35.00", "fee"),  # 400 collected in the year that began October 1
        charge("2025-12-20", "35.00", "fee"),  # 800 collected: right, had it been the first
        charge("2026-10-20", "35.00", "fee"),  # a new year, in which 600 was collected
        charge("2026-10-21", "20.00", "fee"),  # another fee
    )
    payments = (
        paid("2025-10-10", "400.00"),
        paid("2025-12-10", "400.00"),
        paid("2026-10-10", "600.00"),
    )
    record = case((), rows, payments, opened_on=day("2020-01-01"))
    assert told(recompute(record, agency)) == [
        ("fee_too_much", "2025-10", "fee", "35.00", "0.00"),
        ("fee_too_much", "2025-12", "fee", "35.00", "0.00"),
    ]
    assert recompute(record, MA) == ()  # nothing is published: not judged


# How a payment was applied


def splits(*cases: CaseRecord) -> dict[str, list[tuple[str, str, str, str, str]]]:
    found = recompute_splits(cases, MA, "P")
    return {case_id: told(of_case) for case_id, of_case in found.items() if of_case}


def test_arrears_before_the_support_of_the_month() -> None:
    record = case(
        (MONTHLY,), (OPENING, *FELL_DUE), (paid("2026-10-05", "300.00", arrears="300.00"),)
    )
    assert splits(record) == {
        "C1": [("wrong_order_of_application", "2026-10", "arrears", "300.00", "0.00")]
    }
    right = paid("2026-10-05", "500.00", current_support="400.00", arrears="100.00")
    assert splits(replace(record, payments=(right,))) == {}


def test_one_error_is_named_once() -> None:
    """The later payments of the month are judged by what the record says was paid before."""
    wrong = paid("2026-10-05", "300.00", arrears="300.00")
    later = paid("2026-10-15", "500.00", current_support="400.00", arrears="100.00")
    record = case((MONTHLY,), (OPENING, *FELL_DUE), (wrong, later))
    assert len(splits(record)["C1"]) == 1


def two(*payments: tuple[PaymentFact | None, PaymentFact | None]) -> tuple[CaseRecord, CaseRecord]:
    first, second = zip(*payments, strict=True)
    one = case((MONTHLY,), (OPENING, *FELL_DUE), tuple(it for it in first if it))
    other = case(
        (replace(MONTHLY, amount=D("200.00")),),
        (OPENING, charge("2026-10-01", "200.00"), charge("2026-11-01", "200.00")),
        tuple(it for it in second if it),
        case_id="C2",
    )
    return one, other


def test_shares_of_two_households() -> None:
    right = (
        paid("2026-10-05", "200.00", whole="300.00"),
        paid("2026-10-05", "100.00", whole="300.00"),
    )
    assert splits(*two(right)) == {}
    uneven = (
        paid("2026-10-05", "150.00", whole="300.00"),
        paid("2026-10-05", "150.00", whole="300.00"),
    )
    assert splits(*two(uneven)) == {
        "C1": [("not_in_proportion", "2026-10", "current_support", "150.00", "200.00")],
        "C2": [("not_in_proportion", "2026-10", "current_support", "150.00", "100.00")],
    }
    to_one = (paid("2026-10-05", "300.00"), None)
    found = splits(*two(to_one))
    assert found == {
        "C1": [("wrong_case", "2026-10", "current_support", "300.00", "200.00")],
        "C2": [("wrong_case", "2026-10", "current_support", "0.00", "100.00")],
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda one, other: (one,),  # the other case is not among the viewer's
        lambda one, other: (replace(one, payments=(*one.payments, paid("2026-10-05", "9.00", key="same day"))), other),
        lambda one, other: (replace(one, charges=(replace(OPENING, amount=D("-5.00")), *FELL_DUE)), other),
        lambda one, other: (replace(one, charges=(charge("2026-10-02", "400.00"),)), other),  # begins in October
        lambda one, other: (replace(one, payments=tuple(replace(it, payor_id="Q") for it in one.payments)),
                            replace(other, payments=tuple(replace(it, payor_id="Q") for it in other.payments))),
    ],
)  # fmt: skip
def test_splits_that_are_not_judged(
    change: Callable[[CaseRecord, CaseRecord], tuple[CaseRecord, ...]],
) -> None:
    uneven = (
        paid("2026-10-05", "150.00", whole="300.00"),
        paid("2026-10-05", "150.00", whole="300.00"),
    )
    one, other = two(uneven)
    assert splits(one, other)
    assert splits(*change(one, other)) == {}


def test_a_federal_refund_on_current_support() -> None:
    refund = paid(
        "2026-10-05", "300.00", "federal_tax_offset", current_support="100.00", arrears="200.00"
    )
    assert splits(case((MONTHLY,), (OPENING, *FELL_DUE), (refund,))) == {
        "C1": [("federal_refund_not_on_past_due", "2026-10", "current_support", "100.00", "0.00")]
    }
    first = replace(
        MA, distribution=replace(MA.distribution, federal_tax_offset_past_due_only=False)
    )
    assert recompute_splits([case((MONTHLY,), (OPENING, *FELL_DUE), (refund,))], first, "P") == {
        "C1": ()
    }


def test_interest_assessed_as_a_day_ends_was_not_met_by_its_payments() -> None:
    opening = replace(OPENING, amount=D("100.00"))
    payment = paid(
        "2026-10-31", "510.00", current_support="400.00", arrears="100.00", interest="10.00"
    )
    earlier = charge("2026-09-30", "10.00", "interest", "opening")
    row = charge("2026-10-31", "12.00", "interest")
    assert splits(case((MONTHLY,), (opening, earlier, *FELL_DUE, row), (payment,))) == {}


# What holds for any case

ROWS = st.lists(
    st.builds(
        lambda offset, amount, category, kind: ChargeFact(
            f"{offset}/{amount}/{category}/{kind}",
            date(2026, 6, 1) + timedelta(days=offset),
            kind,
            category,
            D(amount),
        ),
        st.integers(0, 170),
        st.sampled_from([1, 40, 100, 400, 2000]),
        st.sampled_from(Category),
        st.sampled_from(ChargeKind),
    ),
    max_size=14,
    unique_by=lambda row: row.charge_id,
)
PAID = st.lists(
    st.builds(
        lambda offset, amount, category, later: PaymentFact(
            f"{offset}/{amount}/{category}",
            date(2026, 6, 1) + timedelta(days=offset),
            D(amount),
            Source.PAID_ONLINE,
            None if later is None else date(2026, 6, 1) + timedelta(days=offset + later),
            {category: D(amount)},
            "P",
        ),
        st.integers(0, 170),
        st.sampled_from([10, 100, 400]),
        st.sampled_from(AllocationCategory),
        st.none() | st.integers(0, 60),
    ),
    max_size=8,
    unique_by=lambda row: row.payment_id,
)  # fmt: skip
ORDERS = st.lists(
    st.builds(
        lambda amount, frequency, since, length: OrderFact(
            OrderKind.CURRENT_SUPPORT,
            D(amount),
            frequency,
            date(2026, 5, 1) + timedelta(days=since),
            date(2026, 5, 1) + timedelta(days=since + length),
            "25",
        ),
        st.sampled_from([100, 400]),
        st.sampled_from(Frequency),
        st.integers(0, 120),
        st.integers(0, 200),
    ),
    max_size=3,
)  # fmt: skip


@given(ORDERS, ROWS, PAID, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    orders: list[OrderFact], rows: list[ChargeFact], payments: list[PaymentFact], random: object
) -> None:
    record = case(tuple(orders), tuple(rows), tuple(payments))
    for some in (orders, rows, payments):
        random.shuffle(some)  # type: ignore[attr-defined]
    shuffled = case(tuple(orders), tuple(rows), tuple(payments))
    assert recompute(record, MA) == recompute(shuffled, MA)
    assert recompute_splits([record], MA, "P") == recompute_splits([shuffled], MA, "P")


@given(st.decimals("0.01", "900.00", places=2), st.decimals("0.01", "900.00", places=2))
def test_interest_never_compounds(interest: D, penalty: D) -> None:
    """Whatever interest and penalty is owed from before, October brings the same 12.00."""
    before = (
        charge("2026-09-30", str(interest), "interest", "opening"),
        charge("2026-09-30", str(penalty), "penalty", "opening"),
    )
    right = (charge("2026-10-31", "12.00", "interest"), charge("2026-10-31", "12.00", "penalty"))
    assert october(*before, *right) == []
    base = D(2400) + interest + penalty
    more = (base / 200).quantize(D("0.01"), rounding="ROUND_HALF_UP")
    if more != D("12.00"):
        found = october(*before, charge("2026-10-31", str(more), "interest"))
        assert [it[3:] for it in found] == [(str(more), "12.00")]
        assert found[0][0] in ("compounded", "wrong_rate")


def test_a_refund_that_may_still_have_waited_leaves_the_month_unjudged() -> None:
    """Received in March with nothing past due, applied when July was unpaid: from which day on?"""
    opening = replace(OPENING, due_on=day("2026-08-31"), amount=D("0.00"))
    rows = (
        opening,
        charge("2026-09-01", "600.00"),
        charge("2026-10-01", "600.00"),
        charge("2026-10-31", "3.00", "interest"),  # 600 x 0.005: the refund was not applied yet
    )
    monthly = replace(MONTHLY, amount=D("600.00"))
    paid_up = paid("2026-09-02", "600.00")
    refund = paid("2026-09-10", "600.00", "federal_tax_offset", arrears="600.00")
    as_of = {"as_of": day("2026-10-31")}
    assert recompute(case((monthly,), rows, (paid_up, refund), **as_of), MA) == ()
    in_october = replace(refund, received_on=day("2026-10-10"))
    assert recompute(case((monthly,), rows, (paid_up, in_october), **as_of), MA) == ()
    by_check = replace(in_october, source=Source.CHECK_OR_MONEY_ORDER)
    (found,) = recompute(case((monthly,), rows, (paid_up, by_check), **as_of), MA)
    assert found.kind == "under_threshold"
