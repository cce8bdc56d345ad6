"""How what is owed came about: months, lines and what is left unexplained add up to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from portal.context import Context
from portal.ledger.balances import Balance, Balances
from portal.ledger.explained import (
    Explained,
    ExplainedMonth,
    explained,
    find_line,
    line_token,
    months_of,
    rest_of,
)
from portal.ledger.lines import LineKind, build_sections, entries_of, total
from portal.record.read_case import ChargeRow
from portal.record.read_payments import PaymentRow
from portal.rules.money import ZERO
from portal.rules.spans import Span
from portal.rules.vocabulary import (
    AllocationCategory,
    Category,
    ChargeKind,
    OwedTo,
    Source,
)
from tests.ledger.views import a_case, loaded, opened
from tests.support.extract import one_family, two_households

MONEY = Decimal
DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))
CENTS = st.integers(1, 100_000).map(lambda cents: Decimal(cents).scaleb(-2))
CHARGES = st.builds(
    ChargeRow,
    DAYS,
    st.sampled_from(ChargeKind),
    st.sampled_from(Category),
    CENTS,
    st.none(),
    st.uuids().map(str),
)
PAYMENTS = st.builds(
    lambda key, received, later, parts: PaymentRow(
        key, "P", None, received, sum(parts.values(), ZERO), Source.CASH, None, None,
        None if later is None else received + timedelta(days=later), parts,
    ),
    st.uuids().map(str),
    DAYS,
    st.one_of(st.none(), st.integers(0, 400)),
    st.dictionaries(st.sampled_from(AllocationCategory), CENTS, min_size=1, max_size=3),
)  # fmt: skip
RECORD = st.dictionaries(
    st.tuples(st.sampled_from(Category), st.sampled_from(OwedTo)),
    st.integers(-50_000, 50_000).map(lambda cents: Decimal(cents).scaleb(-2)),
    max_size=6,
)
FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)


def ledger(
    charges: list[ChargeRow], payments: list[PaymentRow], window: Span
) -> tuple[list[ExplainedMonth], dict[Category, Decimal]]:
    """The months of one window, and what is owed as it closes."""
    entries = entries_of(charges, payments, date.min, date.max)
    (section,) = build_sections({}, entries, [window], LAST)
    return list(months_of(section)), dict(section.closing)


@given(st.lists(CHARGES, max_size=14), st.lists(PAYMENTS, max_size=10), DAYS, RECORD)
def test_lines_and_opening_and_rest_are_the_balances(
    charges: list[ChargeRow],
    payments: list[PaymentRow],
    first: date,
    record: dict[tuple[Category, OwedTo], Decimal],
) -> None:
    """To the cent, in all and for every category, whatever the record's balances say."""
    months, closing = ledger(charges, payments, Span(first))
    rows = tuple(Balance(category, to, LAST, amount) for (category, to), amount in record.items())
    balances = Balances(rows, LAST, at_end_of_role=False)
    rest = rest_of(closing, balances)
    moved = sum((line.entry.amount for month in months for line in month.lines), ZERO)
    assert months[0].owed_at_opening + moved + total(rest) == balances.total
    for category in Category:
        if category is Category.CURRENT_SUPPORT:
            continue
        both = {category, Category.CURRENT_SUPPORT} if category is Category.ARREARS else {category}
        owed = sum((row.amount for row in rows if row.category in both), ZERO)
        of_lines = sum(
            (
                line.entry.amount
                for month in months
                for line in month.lines
                if line.entry.category in both
            ),
            months[0].opening.get(category, ZERO),
        )
        assert of_lines + rest.get(category, ZERO) == owed
    assert all(rest.values())


@given(st.lists(CHARGES, max_size=14), st.lists(PAYMENTS, max_size=10), DAYS)
def test_sums_of_months_are_sums_of_lines(
    charges: list[ChargeRow], payments: list[PaymentRow], first: date
) -> None:
    """Every line stands in one month, and a month's figures are its lines' and nothing else."""
    months, closing = ledger(charges, payments, Span(first))
    for before, after in pairwise(months):
        assert (after.opening, after.opens_on) == (
            before.closing,
            before.closes_on + timedelta(days=1),
        )
    for month in months:
        assert all(month.opens_on <= line.entry.on <= month.closes_on for line in month.lines)
        parts = (
            month.charged + month.interest + month.penalty + month.fees
            + month.adjustments + month.taken_back - month.applied
        )  # fmt: skip
        assert parts == month.change == sum((it.entry.amount for it in month.lines), ZERO)
        if month.lines:
            assert month.lines[-1].owed == month.owed
    assert months[-1].closing == closing
    assert [month.opens_section for month in months] == [True, *[False] * (len(months) - 1)]


@given(st.lists(CHARGES, max_size=8), st.lists(PAYMENTS, max_size=8), st.randoms())
def test_the_order_of_rows_does_not_matter(
    charges: list[ChargeRow], payments: list[PaymentRow], random: object
) -> None:
    months, closing = ledger(charges, payments, Span(FIRST))
    random.shuffle(charges)  # type: ignore[attr-defined]
    random.shuffle(payments)  # type: ignore[attr-defined]
    again, closing_again = ledger(charges, payments, Span(FIRST))
    assert closing_again == closing
    assert [month.closing for month in again] == [month.closing for month in months]
    assert [_said(month) for month in again] == [_said(month) for month in months]


def _said(month: ExplainedMonth) -> list[object]:
    """The lines without the keys of their rows."""
    return [
        replace(line, entry=replace(line.entry, payment_id=None, charge_id=None))
        for line in month.lines
    ]


def month_of(shown: Explained, first: date) -> ExplainedMonth:
    (month,) = shown.in_month(first)
    return month


def test_the_months_of_one_family(context: Context, tmp_path: Path) -> None:
    """By hand: 21 Fridays at $100.00 from July on, 19 of them paid; September has four."""
    loaded(context, tmp_path, one_family().builder)
    for person in ("P", "A"):
        with opened(context, person, "C1") as (session, view):
            shown = explained(session, view)
            assert len(shown.months) == 49  # November 2022 to November 2026
            assert shown.months[0].opens_on == date(2022, 11, 22)
            assert shown.as_of == date(2026, 11, 20)
            assert not shown.rest
            assert sum((it.charged for it in shown.months), ZERO) == MONEY("2100.00")
            assert sum((it.applied for it in shown.months), ZERO) == MONEY("1900.00")
            assert shown.months[-1].owed == shown.balances.total == MONEY("200.00")
            september = month_of(shown, date(2026, 9, 1))
            assert (september.charged, september.applied) == (MONEY("400.00"), MONEY("500.00"))


def test_what_cannot_be_explained_is_told_by_category(context: Context, tmp_path: Path) -> None:
    """Also where two differences cancel each other out in all."""
    builder = one_family().builder
    builder.find("balances.csv", case_id="C1")["amount"] = "212.40"
    builder.balance("C1", "fee", "-12.40", owed_to="agency")
    loaded(context, tmp_path, builder)
    with opened(context, "P", "C1") as (session, view):
        shown = explained(session, view)
        assert shown.rest == {Category.ARREARS: MONEY("12.40"), Category.FEE: MONEY("-12.40")}
        assert shown.rest_in_all == 0
        assert Category.FEE in shown.categories


def test_the_ledger_closes_on_the_day_of_the_balances(context: Context, tmp_path: Path) -> None:
    """Balances of an earlier day than the extract's are not held against later rows."""
    builder = one_family().builder
    row = builder.find("balances.csv", case_id="C1")
    row.update(as_of="2026-11-10", amount="100.00")
    loaded(context, tmp_path, builder)
    with opened(context, "P", "C1") as (session, view):
        shown = explained(session, view)
        assert shown.as_of == date(2026, 11, 10)
        assert all(line.entry.on <= shown.as_of for line in shown.lines)
        owed_then = shown.months[-1].owed
        assert shown.rest_in_all == MONEY("100.00") - owed_then


def test_whose_role_is_over_sees_its_months_and_no_rest(context: Context, tmp_path: Path) -> None:
    builder = one_family().builder
    builder.find("members.csv", participant_id="A")["until"] = "2026-09-02"
    builder.find("balances.csv", case_id="C1")["amount"] = "999.00"
    loaded(context, tmp_path, builder)
    with opened(context, "A", "C1") as (session, view):
        shown = explained(session, view)
        assert shown.as_of == date(2026, 9, 2)
        assert shown.rest == {}
        assert shown.months[-1].owed == shown.balances.total == MONEY("-100.00")
        assert shown.in_month(date(2026, 10, 1)) == ()
    with opened(context, "A", "C1", date(2031, 1, 1)) as (session, view):
        shown = explained(session, view)
        assert not shown.months
        assert not shown.rest


def test_a_guardian_opens_with_what_was_owed_on_the_first_day(
    context: Context, tmp_path: Path
) -> None:
    builder = a_case(("P", "noncustodial", "2015-01-01", ""), ("G", "guardian", "2025-05-10", ""))
    builder.charge("C1", "2025-05-09", "100.00")
    builder.charge("C1", "2025-05-16", "100.00")
    builder.charge("C1", "2025-05-16", "3.00", category="interest")
    builder.payment("P", "2025-05-12", "30.00", {("C1", "current_support"): "30.00"})
    builder.settle()
    loaded(context, tmp_path, builder)
    with opened(context, "G", "C1") as (session, view):
        shown = explained(session, view)
        first = shown.months[0]
        assert (first.first, first.opens_on) == (date(2025, 5, 1), date(2025, 5, 10))
        assert first.owed_at_opening == MONEY("100.00")
        assert (first.charged, first.interest) == (MONEY("100.00"), MONEY("3.00"))
        assert first.applied == MONEY("30.00")
        assert shown.months[-1].owed == shown.balances.total == MONEY("173.00")


def test_two_roles_in_one_month_are_two_parts_of_it(context: Context, tmp_path: Path) -> None:
    """What changed between them is in the second opening and in no line."""
    builder = a_case(
        ("A", "noncustodial", "2015-01-01", "2026-06-10"),
        ("A", "custodial", "2026-06-20", ""),
        ("P", "noncustodial", "2026-06-20", ""),
    )
    builder.charge("C1", "2026-06-05", "10.00")
    builder.charge("C1", "2026-06-15", "500.00")
    builder.charge("C1", "2026-06-26", "7.00")
    builder.settle()
    loaded(context, tmp_path, builder)
    with opened(context, "A", "C1") as (session, view):
        shown = explained(session, view)
        one, other = shown.in_month(date(2026, 6, 1))
        assert (one.closes_on, one.owed) == (date(2026, 6, 10), MONEY("10.00"))
        assert (other.opens_on, other.owed_at_opening) == (date(2026, 6, 20), MONEY("510.00"))
        assert other.opens_section
        assert [line.entry.amount for line in shown.lines] == [MONEY("10.00"), MONEY("7.00")]
        assert shown.months[-1].owed == shown.balances.total == MONEY("517.00")


def test_a_role_that_began_after_the_record_has_no_lines(context: Context, tmp_path: Path) -> None:
    builder = a_case(("P", "noncustodial", "2015-01-01", ""), ("G", "guardian", "2026-11-21", ""))
    builder.charge("C1", "2026-11-20", "100.00")
    builder.settle()
    loaded(context, tmp_path, builder)
    with opened(context, "G", "C1") as (session, view):
        shown = explained(session, view)
        assert not shown.months
        assert not shown.rest


def test_a_line_opens_by_its_own_token_only(context: Context, tmp_path: Path) -> None:
    """ACL-1: not on another case, not by the token of a payment, not outside one's time."""
    loaded(context, tmp_path, two_households().builder)
    opaque = context.opaque
    with opened(context, "P", "C1") as (session, view):
        shown = explained(session, view)
        lines = list(shown.lines)
        tokens = [line_token(opaque, view, line.entry) for line in lines]
        assert len(set(tokens)) == len(tokens)
        for line, token in zip(lines, tokens, strict=True):
            assert find_line(opaque, view, shown, token) == line
        kinds = {line.entry.kind for line in lines}
        assert {LineKind.CHARGE, LineKind.PAYMENT} <= kinds
    with opened(context, "P", "C2") as (session, view):
        other = explained(session, view)
        assert all(find_line(opaque, view, other, token) is None for token in tokens)
    with opened(context, "A", "C1") as (session, view):
        hers = explained(session, view)
        payment = next(line.entry.payment_id for line in hers.lines if line.entry.payment_id)
        wrong = opaque.hide("payment", payment or "", within="C1")
        assert find_line(opaque, view, hers, wrong) is None
        assert find_line(opaque, view, hers, opaque.hide("line", "c:none", within="C1")) is None
        assert find_line(opaque, view, hers, "A" * 43) is None
