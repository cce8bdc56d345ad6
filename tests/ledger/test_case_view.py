"""What a member sees of a case at a date: roles, spans, four years."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from portal.context import Context
from portal.ledger.balances import balances_shown, difference, ledger_sections
from portal.ledger.case_view import case_token, find_case, my_cases, open_case
from portal.ledger.checks import findings
from portal.ledger.letters import letters_shown
from portal.ledger.months import this_month
from portal.ledger.orders import orders_shown
from portal.ledger.payments import PaymentStatus, payments_shown
from portal.ledger.people import childrens_names
from portal.rules.disclosing import SourceKind
from portal.rules.disclosure import Viewer
from portal.rules.vocabulary import Category, OwedTo, Source
from tests.ledger.views import TODAY, a_case, loaded, opened
from tests.support.extract import one_family, two_households

MONEY = Decimal


def test_a_child_has_no_case(context: Context, tmp_path: Path) -> None:
    loaded(context, tmp_path, one_family().builder)
    with context.database.session() as session:
        assert my_cases(session, "K", TODAY) == {}
        assert my_cases(session, None, TODAY) == {}
        assert open_case(session, "K", "C1", agency=context.agency, today=TODAY) is None


def test_a_role_that_has_not_begun_gives_no_access(context: Context, tmp_path: Path) -> None:
    loaded(context, tmp_path, a_case(("A", "guardian", "2026-12-01", "")))
    with context.database.session() as session:
        assert my_cases(session, "A", TODAY) == {}
        assert my_cases(session, "A", date(2026, 12, 1)) != {}


def test_a_token_opens_for_its_person_only(context: Context, tmp_path: Path) -> None:
    """ACL-1: another member of the same case gets nothing for it either."""
    loaded(context, tmp_path, one_family().builder)
    token = case_token(context.opaque, "P", "C1")
    arguments = {"agency": context.agency, "today": TODAY}
    with context.database.session() as session:
        assert find_case(session, context.opaque, "P", token, **arguments) is not None
        for stranger in ("A", "K", "nobody", None):
            assert find_case(session, context.opaque, stranger, token, **arguments) is None
        assert find_case(session, context.opaque, "P", "A" * 43, **arguments) is None


def test_the_figures_of_one_family(context: Context, tmp_path: Path) -> None:
    """Written by hand: 21 Fridays at $100.00, 19 of them paid."""
    loaded(context, tmp_path, one_family().builder)
    with opened(context, "P", "C1") as (session, view):
        sections = ledger_sections(session, view)
        balances = balances_shown(session, view)
        assert len(sections) == 1
        assert sections[0].opens_on == date(2022, 11, 22)
        assert sections[0].owed_at_opening == 0
        assert len(sections[0].lines) == 21 + 19
        assert sections[0].owed == balances.total == balances.past_due == MONEY("200.00")
        assert balances.owed_to(OwedTo.FAMILY) == MONEY("200.00")
        assert childrens_names(session, view) == ("Kim",)
        assert findings(session, view, balances).adds_up


def test_the_figures_of_two_households(context: Context, tmp_path: Path) -> None:
    """A: 1,000 owed of old, 21 x 20 short, 500 refund, 45 check, 12.20 interest and penalty."""
    loaded(context, tmp_path, two_households().builder)
    expected = {
        ("A", "C1"): "887.20",
        ("P", "C1"): "887.20",
        ("P", "C2"): "85.00",
        ("B", "C2"): "85.00",
    }
    for (person, case), owed in expected.items():
        with opened(context, person, case) as (session, view):
            assert balances_shown(session, view).total == MONEY(owed)
            assert ledger_sections(session, view)[-1].owed == MONEY(owed)
    with opened(context, "A", "C1") as (session, view):
        assert ledger_sections(session, view)[0].owed_at_opening == MONEY("1000.00")


def test_a_payor_sees_the_whole_and_each_case_its_part(context: Context, tmp_path: Path) -> None:
    family = two_households()
    loaded(context, tmp_path, family.builder)
    with opened(context, "P", "C1") as (session, view):
        fresh = payments_shown(session, view)[0]
        assert (fresh.whole, fresh.part) == (MONEY("120.00"), MONEY("80.00"))
        assert fresh.elsewhere == (("C2", MONEY("40.00")),)
        assert fresh.source is Source.INCOME_WITHHOLDING
        assert fresh.payer_name == "Harbor Freight Lines"
        assert fresh.status is PaymentStatus.SENT
    for person, case, part in (("A", "C1", "80.00"), ("B", "C2", "40.00")):
        with opened(context, person, case) as (session, view):
            fresh = payments_shown(session, view)[0]
            assert (fresh.whole, fresh.part, fresh.elsewhere) == (None, MONEY(part), ())
            assert fresh.source is SourceKind.EMPLOYER
            assert fresh.payer_name is fresh.reference is fresh.withheld_on is None


def test_the_payor_does_not_learn_of_a_returned_check(context: Context, tmp_path: Path) -> None:
    loaded(context, tmp_path, two_households().builder)
    with opened(context, "P", "C1") as (session, view):
        check = next(p for p in payments_shown(session, view) if p.on == date(2026, 10, 20))
        assert [sent.issued_on for sent in check.sendings] == [date(2026, 10, 21)]
        assert check.sendings[0].status is check.sendings[0].method is None
    with opened(context, "A", "C1") as (session, view):
        check = next(p for p in payments_shown(session, view) if p.on == date(2026, 10, 20))
        assert [sent.is_reissue for sent in check.sendings] == [False, True]
        assert check.status is PaymentStatus.OUTSTANDING


def test_four_years_and_not_more(context: Context, tmp_path: Path) -> None:
    """What is older is in the opening line; its last day is the one before."""
    builder = a_case(("P", "noncustodial", "2015-01-01", ""), ("A", "custodial", "2015-01-01", ""))
    builder.charge("C1", "2018-12-31", "300.00", kind="opening", category="arrears")
    builder.charge("C1", "2022-11-21", "100.00")
    builder.charge("C1", "2022-11-22", "50.00")
    builder.payment("P", "2022-11-21", "30.00", {("C1", "arrears"): "30.00"})
    builder.payment("P", "2022-11-22", "20.00", {("C1", "arrears"): "20.00"})
    late = builder.payment(
        "P", "2022-11-01", "7.00", {("C1", "arrears"): "7.00"}, reversed_on="2022-12-24"
    )
    builder.settle()
    loaded(context, tmp_path, builder)
    for person in ("P", "A"):
        with opened(context, person, "C1") as (session, view):
            assert [p.part for p in payments_shown(session, view)] == [MONEY("20.00")]
            section = ledger_sections(session, view)[0]
            assert section.opens_on == date(2022, 11, 22)
            assert section.owed_at_opening == MONEY("363.00")  # 300 + 100 - 30 - 7
            assert [line.entry.amount for line in section.lines] == [
                MONEY("50.00"), MONEY("-20.00"), MONEY("7.00"),
            ]  # fmt: skip
            assert section.owed == balances_shown(session, view).total == MONEY("400.00")
    assert late


def test_since_opens_the_ledger_and_hides_what_came_before(
    context: Context, tmp_path: Path
) -> None:
    """A guardian who came in 2025 sees nothing single of the time before."""
    builder = a_case(("P", "noncustodial", "2015-01-01", ""), ("G", "guardian", "2025-05-01", ""))
    builder.order("C1", "80.00", effective_on="2015-01-01", ended_on="2024-12-31")
    builder.order("C1", "90.00", effective_on="2025-01-01")
    builder.charge("C1", "2025-04-30", "100.00")
    builder.charge("C1", "2025-05-01", "100.00")
    builder.payment("P", "2025-04-30", "40.00", {("C1", "current_support"): "40.00"})
    builder.payment("P", "2025-05-01", "30.00", {("C1", "current_support"): "30.00"})
    builder.settle()
    loaded(context, tmp_path, builder)
    with opened(context, "G", "C1") as (session, view):
        assert view.viewer is Viewer.CUSTODIAL
        assert [p.part for p in payments_shown(session, view)] == [MONEY("30.00")]
        section = ledger_sections(session, view)[0]
        assert (section.opens_on, section.owed_at_opening) == (date(2025, 5, 1), MONEY("60.00"))
        assert section.owed == MONEY("130.00")
        assert [order.amount for order in orders_shown(session, view)] == [MONEY("90.00")]


def test_after_until_balances_are_the_ledgers_at_until(context: Context, tmp_path: Path) -> None:
    builder = a_case(
        ("P", "noncustodial", "2015-01-01", ""),
        ("A", "custodial", "2015-01-01", "2025-06-30"),
        ("B", "custodial", "2025-07-01", ""),
    )
    builder.charge("C1", "2025-06-30", "100.00")
    builder.charge("C1", "2025-07-01", "900.00")
    builder.charge("C1", "2025-06-30", "3.00", category="interest")
    before = builder.payment("P", "2025-06-20", "40.00", {("C1", "current_support"): "40.00"},
                             reversed_on="2025-08-01")  # fmt: skip
    after = builder.payment("P", "2025-07-02", "30.00", {("C1", "current_support"): "30.00"})
    builder.disbursement(before, "C1", "2025-07-03", "40.00", payee_id="A")
    builder.disbursement(after, "C1", "2025-07-05", "10.00", payee_id="A")
    builder.disbursement(after, "C1", "2025-07-05", "20.00", payee_id="B")
    builder.notice("C1", "A", "general", "2026-01-05", subject="Late letter")
    builder.settle()
    loaded(context, tmp_path, builder)
    with opened(context, "A", "C1") as (session, view):
        balances = balances_shown(session, view)
        assert (view.ended_on, balances.as_of) == (date(2025, 6, 30), date(2025, 6, 30))
        assert balances.at_end_of_role
        assert balances.by_category() == {
            Category.ARREARS: MONEY("60.00"),
            Category.INTEREST: MONEY("3.00"),
        }
        late, mine = payments_shown(session, view)
        assert (mine.part, mine.reversed_on) == (MONEY("40.00"), date(2025, 8, 1))
        assert late.received_on is None
        assert late.source is None
        assert [sent.amount for sent in late.sendings] == [MONEY("10.00")]
        assert [letter.subject for letter in letters_shown(session, view)] == ["Late letter"]
    with opened(context, "B", "C1") as (session, view):
        assert [p.part for p in payments_shown(session, view)] == [MONEY("30.00")]
        assert ledger_sections(session, view)[0].owed_at_opening == MONEY("63.00")


def test_two_roles_one_after_the_other(context: Context, tmp_path: Path) -> None:
    """Who paid until 2024 and receives since sees each time in its own role."""
    builder = a_case(
        ("A", "noncustodial", "2015-01-01", "2024-06-30"),
        ("A", "custodial", "2024-08-01", ""),
        ("P", "noncustodial", "2024-08-01", ""),
    )
    builder.charge("C1", "2024-06-01", "100.00")
    builder.charge("C1", "2024-07-15", "1000.00")
    builder.charge("C1", "2024-09-01", "10.00")
    builder.payment("A", "2024-06-10", "60.00", {("C1", "current_support"): "60.00"})
    builder.payment("P", "2024-07-16", "500.00", {("C1", "arrears"): "500.00"})
    builder.payment("P", "2024-09-10", "4.00", {("C1", "current_support"): "4.00"})
    builder.settle()
    loaded(context, tmp_path, builder)
    with opened(context, "A", "C1") as (session, view):
        newest, oldest = payments_shown(session, view)
        assert (newest.whole, newest.source) == (None, SourceKind.EMPLOYER)
        assert (oldest.whole, oldest.source) == (MONEY("60.00"), Source.INCOME_WITHHOLDING)
        first, second = ledger_sections(session, view)
        assert (first.owed_at_opening, first.owed) == (MONEY("0.00"), MONEY("40.00"))
        assert (second.opens_on, second.owed_at_opening) == (date(2024, 8, 1), MONEY("540.00"))
        assert second.owed == MONEY("546.00") == balances_shown(session, view).total


def test_a_case_that_does_not_add_up_says_by_how_much(context: Context, tmp_path: Path) -> None:
    builder = one_family().builder
    builder.find("balances.csv", case_id="C1")["amount"] = "187.66"
    loaded(context, tmp_path, builder)
    with opened(context, "P", "C1") as (session, view):
        balances = balances_shown(session, view)
        found = findings(session, view, balances)
        assert not found.adds_up
        assert found.differs_by == MONEY("12.34")
        assert difference(ledger_sections(session, view), balances) == MONEY("12.34")


def test_a_case_that_lost_rows_says_so(context: Context, tmp_path: Path) -> None:
    builder = one_family().builder
    builder.find("payments.csv", received_on="2026-11-04")["amount"] = "no number"
    loaded(context, tmp_path, builder)
    with opened(context, "A", "C1") as (session, view):
        assert findings(session, view, balances_shown(session, view)).lost_rows


def test_a_month_paid_ahead_counts_as_come_in(context: Context, tmp_path: Path) -> None:
    """Four Fridays of $100.00, three of them fallen due, and a credit of $60.00."""
    builder = one_family().builder
    builder.rows["balances.csv"].clear()
    builder.balance("C1", "current_support", "-60.00")
    loaded(context, tmp_path, builder)
    with opened(context, "P", "C1") as (session, view):
        payments = payments_shown(session, view)
        orders, balances = orders_shown(session, view), balances_shown(session, view)
        month = this_month(view, orders, payments, balances)
        assert (month.due, month.received, month.to_come) == (
            MONEY("400.00"),
            MONEY("360.00"),
            MONEY("40.00"),
        )
