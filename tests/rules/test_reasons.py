"""Why a payment is smaller: examples by hand, and what must hold for any payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from portal.rules.agency import load_agency
from portal.rules.house_figures import Patterns
from portal.rules.money import from_cents
from portal.rules.reasons import (
    CaseFacts,
    OrderTerms,
    ReasonKind,
    Receipt,
    Smaller,
    merged,
    stayed,
    why_smaller,
)
from portal.rules.vocabulary import Frequency, OrderKind

BILLING = load_agency("massachusetts").billing
FIGURES = Patterns()
FRIDAY = date(2026, 9, 4)
WEEK = timedelta(weeks=1)


def order(amount: str, since: date = date(2024, 1, 1), until: date | None = None) -> OrderTerms:
    return OrderTerms(OrderKind.CURRENT_SUPPORT, D(amount), Frequency.WEEKLY, since, until)


def case(*orders: OrderTerms, done_on: date | None = None, past_due: str = "0") -> CaseFacts:
    """Past due stays the same, or is nothing from a day on."""
    return CaseFacts(
        orders or (order("100.00"),),
        lambda day: D(0) if done_on is not None and day >= done_on else D(past_due),
        BILLING,
        D(25),
        FIGURES,
    )


def receipts(*parts: str, first: date = FRIDAY, step: int = 7) -> list[Receipt]:
    return [
        Receipt(first + timedelta(days=step * n), "employer", D(part))
        for n, part in enumerate(parts)
    ]


def why(known: list[Receipt], facts: CaseFacts) -> dict[str, D]:
    found = why_smaller(known, known[-1], facts)
    return {it.kind.value: it.amount for it in found.reasons} if found else {}


def test_not_smaller_nothing_to_say() -> None:
    assert why(receipts(*["100"] * 6), case()) == {}
    assert why(receipts("100", "100", "100", "100", "100", "99.50"), case()) == {}


def test_no_pattern_no_answer() -> None:
    """Money that comes now and then is not *smaller than before*."""
    assert why(receipts("100", "100", "50"), case()) == {}
    assert why(receipts("100", "100", "100", "100", "50", step=45), case()) == {}


def test_after_a_double_payment_the_usual_one_is_not_small() -> None:
    assert why(receipts("100", "100", "100", "100", "200", "100"), case()) == {}


def test_two_reasons_share_what_is_missing() -> None:
    """The order fell by $30.00; another $40.00 simply did not come."""
    change = FRIDAY + 4 * WEEK
    facts = case(order("120.00", until=change), order("90.00", since=change + timedelta(days=1)))
    known = receipts("120", "120", "120", "120", "120", "50")
    assert why(known, facts) == {"order_changed": D("30.00"), "less_received": D("40.00")}


def test_an_order_that_changes_later_is_no_reason() -> None:
    change = FRIDAY + 6 * WEEK
    facts = case(order("120.00", until=change), order("90.00", since=change + timedelta(days=1)))
    known = receipts("120", "120", "120", "120", "120", "90")
    assert why(known, facts) == {"less_received": D(30)}


def test_an_order_that_rose_is_no_reason() -> None:
    change = FRIDAY + 4 * WEEK
    facts = case(order("120.00", until=change), order("130.00", since=change + timedelta(days=1)))
    assert why(receipts(*["120"] * 5, "90"), facts) == {"less_received": D(30)}


def test_arrears_that_are_not_done_are_no_reason() -> None:
    known = receipts(*["125"] * 5, "100")
    last = known[-1].on
    assert why(known, case(past_due="10", done_on=last)) == {"arrears_done": D(25)}
    assert why(known, case(past_due="10")) == {"less_received": D(25)}
    assert why(known, case(past_due="0")) == {"less_received": D(25)}


def test_the_quarter_more_that_ends_with_arrears_is_one_reason() -> None:
    """Also where pay falls short of the order: $90.00 of $100.00, and a quarter of it."""
    known = receipts(*["112.50"] * 5, "90")
    facts = case(past_due="10", done_on=known[-1].on)
    assert why(known, facts) == {"arrears_done": D("22.50")}
    known = receipts(*["112.50"] * 5, "40")
    assert why(known, facts) == {"arrears_done": D("12.50"), "less_received": D("60.00")}


def test_a_friday_less_is_no_reason_for_weekly_pay() -> None:
    """July 2026 had five Fridays; whoever is paid each week gets the same each week."""
    known = receipts(*["100"] * 6, "80", first=date(2026, 6, 26))
    assert known[-1].on == date(2026, 8, 7)
    assert why(known, case()) == {"less_received": D(20)}


def test_half_the_pay_at_half_the_time_is_another_payroll_cycle() -> None:
    known = receipts(*["200"] * 5, step=14)
    sooner = Receipt(known[-1].on + WEEK, "employer", D(100))
    assert why([*known, sooner], case()) == {"payroll_cycle": D(100)}
    then = Receipt(known[-1].on + 2 * WEEK, "employer", D(200))
    found = why_smaller([*known, sooner, then], sooner, case())
    assert found is not None
    assert [it.kind for it in found.reasons] == [ReasonKind.LESS_RECEIVED], "it did not go on so"
    later = Receipt(known[-1].on + 2 * WEEK, "employer", D(100))
    assert why([*known, later], case()) == {"less_received": D(100)}, "two weeks had gone by"


def test_what_stays_on_the_way_is_told_whatever_came_in() -> None:
    known = receipts(*["100"] * 5)
    now = Receipt(FRIDAY + 5 * WEEK, "employer", D(110), held=D(20), recovered=D(5), fee=D(10))
    found = why_smaller(known, now, case())
    assert found is not None
    assert found.by == D(25)
    assert {it.kind: it.amount for it in found.reasons} == {
        ReasonKind.HELD: D(20),
        ReasonKind.RECOVERED: D(5),
        ReasonKind.FEE: D(10),
    }


def test_two_payments_of_one_day_are_one() -> None:
    day = FRIDAY + 5 * WEEK
    halves = [Receipt(day, "employer", D(60)), Receipt(day, "employer", D(40))]
    assert why([*receipts(*["100"] * 5), *halves], case()) == {}


def test_an_agencys_own_figures_change_the_answer() -> None:
    def by(known: list[Receipt], facts: CaseFacts, **figures: D | int) -> dict[str, D]:
        return why(known, replace(facts, figures=replace(FIGURES, **figures)))  # type: ignore[arg-type]

    little = receipts(*["100"] * 5, "99.50")
    assert by(little, case(), smaller_from=D("0.50")) == {"less_received": D("0.50")}
    change = FRIDAY - timedelta(days=12)  # 40 days before the last of the larger ones
    facts = case(order("120.00", until=change), order("90.00", since=change + timedelta(days=1)))
    known = receipts(*["120"] * 5, "82")
    assert by(known, facts) == {"order_changed": D(38)}
    assert by(known, facts, slack_percent=D(20)) == {
        "order_changed": D(30),
        "less_received": D(8),
    }
    assert by(known, facts, order_takes_days=39) == {"less_received": D(38)}
    falling = receipts("100", "100", "70", "60", "50", "55")
    assert by(falling, case()) == {"less_received": D(45)}
    assert by(falling, case(), usual_of_payments=3) == {}


money = st.integers(0, 20_000).map(from_cents)
parts = st.sampled_from([D("100.00"), D("100.00"), D("75.00"), D("125.00")]) | money


@st.composite
def receipt(draw: st.DrawFn) -> Receipt:
    part, left = draw(parts), D(0)
    left = part
    taken = []
    for _ in range(4):
        some = min(draw(st.sampled_from([D(0), D(0), D("5.00")]) | money), left)
        taken.append(some)
        left -= some
    day = date(2026, 1, 2) + WEEK * draw(st.integers(0, 40))
    return Receipt(day, draw(st.sampled_from(["a", "b"])), part, min(part, D(25)), *taken)


orders = st.lists(
    st.builds(
        OrderTerms,
        st.sampled_from(OrderKind),
        money,
        st.sampled_from(Frequency),
        st.dates(date(2025, 6, 1), date(2026, 9, 1)),
        st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    ),
    max_size=3,
)
known = st.lists(receipt(), min_size=6, max_size=40)


def look(seen: list[Receipt], now: Receipt, terms: list[OrderTerms], due: D) -> Smaller | None:
    return why_smaller(
        seen, now, CaseFacts(tuple(terms), lambda _day: due, BILLING, D(25), FIGURES)
    )


@given(known, orders, st.sampled_from([D(0), D(300)]), st.integers(0, 39))
def test_the_reasons_make_up_what_is_missing(
    seen: list[Receipt], terms: list[OrderTerms], due: D, place: int
) -> None:
    """At least, and to the cent where nothing grew; each of them once, and none of nothing."""
    found = look(seen, seen[place % len(seen)], terms, due)
    if found is None:
        return
    amounts = [it.amount for it in found.reasons]
    assert found.by >= FIGURES.smaller_from
    assert all(amount > 0 for amount in amounts)
    assert sum(amounts, D(0)) >= found.by
    kinds = [it.kind for it in found.reasons]
    assert len(set(kinds)) == len(kinds)
    before, now = found.before, found.now
    grew = now.part > before.part or any(
        getattr(before, name) > getattr(now, name)
        for name in ("held", "fee", "recovered", "to_state")
    )
    assert grew or sum(amounts, D(0)) == found.by
    assert before.on < now.on
    assert before.stream == now.stream


@given(known, orders, st.integers(0, 39), st.integers())
def test_the_order_of_payments_does_not_matter(
    seen: list[Receipt], terms: list[OrderTerms], place: int, seed: int
) -> None:
    now, shuffled = seen[place % len(seen)], list(seen)
    Random(seed).shuffle(shuffled)
    assert look(shuffled, now, list(reversed(terms)), D(0)) == look(seen, now, terms, D(0))


@given(known, orders, st.integers(0, 39))
def test_other_sources_do_not_matter(
    seen: list[Receipt], terms: list[OrderTerms], place: int
) -> None:
    now = seen[place % len(seen)]
    alone = [it for it in seen if it.stream == now.stream]
    assert look(alone, now, terms, D(0)) == look(seen, now, terms, D(0))


@given(known)
def test_merging_loses_nothing(seen: list[Receipt]) -> None:
    for name in ("part", "reached", "held", "fee", "recovered", "to_state", "past_due"):
        whole = sum((getattr(it, name) for it in seen), D(0))
        assert sum((getattr(it, name) for it in merged(seen)), D(0)) == whole


@given(receipt())
def test_where_a_payment_stayed_is_all_that_did_not_arrive(one: Receipt) -> None:
    assert sum((it.amount for it in stayed(one)), D(0)) == one.part - one.reached
