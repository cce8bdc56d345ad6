"""The ledger's lines add up to the cent, whatever the windows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portal.ledger.lines import LineKind, build_sections, entries_of, together, total
from portal.record.read_case import ChargeRow
from portal.record.read_payments import PaymentRow
from portal.rules.money import ZERO
from portal.rules.spans import Span, merge
from portal.rules.vocabulary import AllocationCategory, Category, ChargeKind, Source

DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))
CENTS = st.integers(1, 100_000).map(lambda cents: Decimal(cents).scaleb(-2))
CHARGES = st.builds(
    ChargeRow,
    DAYS,
    st.sampled_from(ChargeKind),
    st.sampled_from(Category),
    CENTS,
    st.none(),
    st.just("CHG"),
)
PARTS = st.dictionaries(st.sampled_from(AllocationCategory), CENTS, min_size=1, max_size=3)
PAYMENTS = st.builds(
    lambda received, later, parts: PaymentRow(
        "PAY",
        "P",
        None,
        received,
        sum(parts.values(), ZERO),
        Source.CASH,
        None,
        None,
        None if later is None else received + timedelta(days=later),
        parts,
    ),
    DAYS,
    st.one_of(st.none(), st.integers(0, 400)),
    PARTS,
)
WINDOWS = st.lists(
    st.builds(
        lambda first, days: Span(first, first + timedelta(days=days)), DAYS, st.integers(0, 500)
    ),
    min_size=1,
    max_size=3,
).map(merge)


def owed_on(
    charges: list[ChargeRow], payments: list[PaymentRow], day: date
) -> dict[Category, Decimal]:
    """By the rule: charges due by then, less what was applied by then and not reversed by then."""
    owed: dict[Category, Decimal] = {}
    for row in charges:
        if row.due_on <= day:
            key = together(row.category)
            owed[key] = owed.get(key, ZERO) + row.amount
    for payment in payments:
        reversed_by_then = payment.reversed_on is not None and payment.reversed_on <= day
        if payment.received_on > day or reversed_by_then:
            continue
        for category, amount in payment.parts.items():
            if category.value not in ("held", "refund"):
                key = together(Category(category.value))
                owed[key] = owed.get(key, ZERO) - amount
    return {key: amount for key, amount in owed.items() if amount}


@given(st.lists(CHARGES, max_size=12), st.lists(PAYMENTS, max_size=8), WINDOWS, DAYS)
def test_every_section_opens_and_closes_with_what_was_owed_then(
    charges: list[ChargeRow], payments: list[PaymentRow], windows: tuple[Span, ...], last: date
) -> None:
    first = windows[0].first
    day_before = first - timedelta(days=1)
    opening = owed_on(charges, payments, day_before)
    entries = entries_of(charges, payments, first, date.max)
    sections = build_sections(opening, entries, windows, last)
    assert len(sections) == sum(window.first <= last for window in windows)
    for section, window in zip(sections, windows, strict=False):
        before = owed_on(charges, payments, window.first - timedelta(days=1))
        after = owed_on(charges, payments, min(window.last, last))
        assert {k: v for k, v in section.opening.items() if v} == before
        assert {k: v for k, v in section.closing.items() if v} == after
        moved = sum((line.entry.amount for line in section.lines), ZERO)
        assert section.owed_at_opening + moved == section.owed == total(section.closing)
        if section.lines:
            assert section.lines[-1].owed == section.owed
        for line in section.lines:
            assert window.holds(line.entry.on)
            assert line.entry.on <= last


@given(st.lists(CHARGES, max_size=6), st.lists(PAYMENTS, max_size=6), st.randoms())
def test_the_order_of_lines_is_made_of_what_they_say(
    charges: list[ChargeRow], payments: list[PaymentRow], random: object
) -> None:
    """PRV-1: never of ids, nor of the order in which rows were found."""
    forward = entries_of(charges, payments, date.min, date.max)
    random.shuffle(charges)  # type: ignore[attr-defined]
    random.shuffle(payments)  # type: ignore[attr-defined]
    assert entries_of(charges, payments, date.min, date.max) == forward


def test_held_and_refunded_money_lowers_no_balance() -> None:
    parts = {AllocationCategory.HELD: Decimal(60), AllocationCategory.REFUND: Decimal(5)}
    payment = PaymentRow(
        "PAY", "P", None, date(2026, 1, 2), Decimal(65), Source.CASH, None, None, None, parts
    )
    assert entries_of([], [payment], date.min, date.max) == []


def test_a_reversal_is_a_line_of_its_own_day() -> None:
    parts = {AllocationCategory.ARREARS: Decimal(20)}
    payment = PaymentRow(
        "PAY", "P", None, date(2026, 1, 2), Decimal(20), Source.CASH, None, None,
        date(2026, 1, 9), parts,
    )  # fmt: skip
    entries = entries_of([], [payment], date.min, date.max)
    assert [(e.on.day, e.kind, e.amount) for e in entries] == [
        (2, LineKind.PAYMENT, Decimal(-20)),
        (9, LineKind.REVERSAL, Decimal(20)),
    ]
