"""Why a payment is smaller, and when the next should come, as each viewer may know it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.context import Context
from portal.ledger.case_view import CaseView, open_cases
from portal.ledger.lines import Entry, LineKind
from portal.ledger.payments import Payment, payments_shown
from portal.ledger.reasons import (
    Outlook,
    outlook,
    past_due_by_day,
    smaller,
)
from portal.rules.agency import Agency
from portal.rules.reasons import ReasonKind, Smaller
from portal.rules.vocabulary import Category, Frequency
from tests.ledger.views import TODAY, loaded, opened
from tests.support.agencies import lakeland
from tests.support.extract import ExtractBuilder, one_family, two_households
from tests.support.reasons import AGENCY, AS_OF, Demo, key_of, load_reasons, tellings

TOLD = tellings()
REGULAR = ("employer", "other_parent", "income_withholding", "check_or_money_order")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = load_reasons(tmp_path_factory.mktemp("reasons"))
    yield demo
    demo.family.context.database.engine.dispose()


@contextmanager
def seen_by(demo: Demo, person: str) -> Iterator[tuple[Session, CaseView]]:
    with demo.family.context.database.session() as session:
        yield session, open_cases(session, demo.people[person], agency=AGENCY, today=TODAY)[0]


def regular(payments: tuple[Payment, ...], day: date) -> Payment:
    """The payment of a day that is one of many, not one on its own of the same day."""
    return next(it for it in payments if it.received_on == day and it.copied_source in REGULAR)


def found_on(demo: Demo, person: str, day: date) -> Smaller | None:
    with seen_by(demo, person) as (session, view):
        payments = payments_shown(session, view)
        payment = regular(payments, day)
        return smaller(session, view, payment, payments)


@pytest.mark.parametrize("kind", list(ReasonKind))
def test_each_reason_alone_where_it_is_true(demo: Demo, kind: ReasonKind) -> None:
    found = found_on(demo, key_of(kind), TOLD[kind].true_on)
    assert found is not None
    assert [it.kind for it in found.reasons] == [kind]
    assert found.by == found.reasons[0].amount > 1


@pytest.mark.parametrize("kind", list(ReasonKind))
def test_not_for_the_payment_that_looks_alike(demo: Demo, kind: ReasonKind) -> None:
    """It is smaller as well, and the reason is another one, alone."""
    found = found_on(demo, key_of(kind), TOLD[kind].alike_on)
    assert found is not None
    other = ReasonKind.RECOVERED if kind is ReasonKind.LESS_RECEIVED else ReasonKind.LESS_RECEIVED
    assert [it.kind for it in found.reasons] == [other]
    assert found.by > 1


NOT_THE_PAYORS = {ReasonKind.RECOVERED, ReasonKind.TO_STATE}


@pytest.mark.parametrize("kind", list(ReasonKind))
def test_what_the_payor_is_told_of_the_same_payment(demo: Demo, kind: ReasonKind) -> None:
    """Where money went after it counted is not told: only the day it was first sent on is."""
    found = found_on(demo, f"{key_of(kind)}-payor", TOLD[kind].true_on)
    kinds = [it.kind for it in found.reasons] if found else []
    assert kinds == ([] if kind in NOT_THE_PAYORS else [kind])


@pytest.mark.parametrize(
    ("as_of", "agency"),
    [
        (date(2024, 2, 29), AGENCY),
        (date(2027, 3, 1), AGENCY),
        (AS_OF, replace(lakeland(), code=AGENCY.code)),
    ],
    ids=["leap-day", "first-of-a-month", "another-agencys-rules"],
)
def test_the_families_show_the_same_on_other_days_and_by_other_rules(
    tmp_path: Path, as_of: date, agency: Agency
) -> None:
    demo, told = load_reasons(tmp_path, as_of, agency), tellings(as_of, agency)
    found = {}
    with demo.family.context.database.session() as session:
        for kind, telling in told.items():
            me = demo.people[key_of(kind)]
            view = open_cases(session, me, agency=agency, today=as_of)[0]
            payments = payments_shown(session, view)
            less = smaller(session, view, regular(payments, telling.true_on), payments)
            found[kind] = [it.kind for it in less.reasons] if less else []
    demo.family.context.database.engine.dispose()
    assert found == {kind: [kind] for kind in told}


def test_a_payment_like_those_before_has_no_reasons(demo: Demo) -> None:
    """Each week but the small ones, for a year."""
    with seen_by(demo, key_of(ReasonKind.ORDER_CHANGED)) as (session, view):
        payments = payments_shown(session, view)
        small = {
            it.received_on
            for it in payments
            if it.received_on
            and it.received_on > AS_OF - timedelta(days=365)
            and smaller(session, view, it, payments)
        }
    telling = TOLD[ReasonKind.ORDER_CHANGED]
    first = telling.true_on
    assert small >= {telling.true_on, telling.alike_on}
    assert all(
        day == telling.alike_on or first <= day < first + timedelta(weeks=4) for day in small
    ), "until the new amount is the usual one"


def look(session: Session, view: CaseView) -> Outlook:
    return outlook(session, view, payments_shown(session, view))


def test_a_late_payment(demo: Demo) -> None:
    with seen_by(demo, "payment-is-late") as (session, view):
        found = look(session, view)
    assert found.expected is not None
    assert (found.expected.on, found.expected.is_late) == (date(2026, 11, 13), True)
    assert found.nothing_since == date(2026, 11, 6)


def test_a_payment_that_is_not_late_yet(demo: Demo) -> None:
    with seen_by(demo, key_of(ReasonKind.FIFTH_BILLING_DAY)) as (session, view):
        found = look(session, view)
    assert found.expected is not None
    assert (found.expected.on, found.expected.is_late) == (date(2026, 12, 2), False)
    assert found.expected.every is Frequency.MONTHLY
    assert found.between, "support falls due every week"
    assert found.nothing_since is None


def test_nothing_arrived_because_it_is_held(demo: Demo) -> None:
    with seen_by(demo, key_of(ReasonKind.HELD)) as (session, view):
        found = look(session, view)
    assert found.last is not None
    assert found.last.on == TOLD[ReasonKind.HELD].true_on
    assert [(it.kind, it.amount) for it in found.reasons] == [(ReasonKind.HELD, D("100.00"))]


def test_the_payor_expects_the_whole_and_the_custodial_parent_her_part(
    context: Context, tmp_path: Path
) -> None:
    """$120.00 are withheld each week; $80.00 of it come in for C1, $40.00 for C2."""
    loaded(context, tmp_path, two_households().builder)
    amounts = {}
    for who, case in (("P", "C1"), ("P", "C2"), ("A", "C1"), ("B", "C2")):
        with opened(context, who, case) as (session, view):
            found = look(session, view).expected
            assert found is not None
            assert found.on == date(2026, 11, 25)
            amounts[who, case] = found.amount
    assert amounts == {
        ("P", "C1"): D("120.00"),
        ("P", "C2"): D("120.00"),
        ("A", "C1"): D("80.00"),
        ("B", "C2"): D("40.00"),
    }


def closed(builder: ExtractBuilder) -> None:
    builder.find("cases.csv", case_id="C1").update(status="closed", closed_on="2026-11-10")


def ended(builder: ExtractBuilder) -> None:
    builder.find("members.csv", participant_id="A")["until"] = "2026-11-10"


def order_over(builder: ExtractBuilder) -> None:
    builder.find("orders.csv", case_id="C1")["ended_on"] = "2026-11-08"


def too_few(builder: ExtractBuilder) -> None:
    gone = {row["payment_id"] for row in builder.rows["payments.csv"][:-3]}
    for name in ("payments.csv", "allocations.csv", "disbursements.csv"):
        builder.rows[name] = [row for row in builder.rows[name] if row["payment_id"] not in gone]


@pytest.mark.parametrize("change", [closed, ended, order_over, too_few])
def test_nothing_is_expected(
    context: Context, tmp_path: Path, change: Callable[[ExtractBuilder], None]
) -> None:
    builder = one_family().builder
    change(builder)
    builder.settle()
    loaded(context, tmp_path, builder)
    with opened(context, "A", "C1") as (session, view):
        assert look(session, view).expected is None


def test_the_same_family_expects_one_otherwise(context: Context, tmp_path: Path) -> None:
    """The last came on Wednesday, November 4: the one of November 11 is late."""
    loaded(context, tmp_path, one_family().builder)
    with opened(context, "A", "C1") as (session, view):
        found = look(session, view).expected
    assert found is not None
    assert (found.on, found.is_late) == (date(2026, 11, 11), True)


def test_pay_that_is_only_passed_through_is_expected_too(context: Context, tmp_path: Path) -> None:
    """S11: no interest, no enforcement; the pay comes as regularly, and she waits for it."""
    builder = one_family().builder
    builder.find("cases.csv", case_id="C1")["service"] = "income_withholding_only"
    loaded(context, tmp_path, builder)
    with opened(context, "A", "C1") as (session, view):
        found = look(session, view).expected
    assert found is not None
    assert (found.on, found.is_late) == (date(2026, 11, 11), True)


def test_a_payment_that_was_taken_back_is_named(context: Context, tmp_path: Path) -> None:
    builder = one_family().builder
    builder.payment("P", "2026-11-11", "100.00", {("C1", "current_support"): "100.00"},
                    reversed_on="2026-11-16")  # fmt: skip
    builder.settle()
    loaded(context, tmp_path, builder)
    with opened(context, "A", "C1") as (session, view):
        found = look(session, view)
    assert found.taken_back is not None
    assert found.taken_back.on == date(2026, 11, 11)


def test_what_is_past_due_leaves_out_the_months_own_support() -> None:
    """Owed on October 1: $50.00. October falls due at $100.00 a Friday and is paid in part."""
    support, arrears = Category.CURRENT_SUPPORT, Category.ARREARS
    charge, payment = LineKind.CHARGE, LineKind.PAYMENT
    entries = [
        Entry(date(2026, 10, 2), charge, support, D(100)),
        Entry(date(2026, 10, 9), charge, support, D(100)),
        Entry(date(2026, 10, 9), payment, support, D(-120)),
        Entry(date(2026, 10, 14), payment, arrears, D(-30)),
        Entry(date(2026, 10, 15), LineKind.ADJUSTMENT, support, D(-5)),
        Entry(date(2026, 10, 31), charge, Category.INTEREST, D(1)),
    ]
    past_due = past_due_by_day({arrears: D(50)}, entries)
    days = [date(2026, 10, day) for day in (1, 9, 14, 15, 31)]
    assert [past_due(day) for day in days] == [D(50), D(50), D(20), D(15), D(16)]
    assert past_due(date(2026, 11, 1)) == D(96), "what was left of October is past due now"
