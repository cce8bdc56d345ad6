"""How often a page asks the database: the same for a short case and a long one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from portal.context import Context
from tests.cases.family import Family
from tests.support.extract import ExtractBuilder, one_family

BUDGET = {
    "": 16,
    "/order": 7,
    "/balances": 7,
    "/payments": 9,
    "/payments.csv": 9,
    "/letters": 8,
    "/how-we-got-here": 18,
    "/how-we-got-here.csv": 12,
    "/how-we-got-here/2026-09": 19,
}


def queries(context: Context, family: Family, tail: str) -> list[tuple[str, str]]:
    """What the payor's page asks for when it is opened again: statements and their values."""
    page = family.page("P")
    address = page.get("/cases").path + tail
    page.get(address)
    asked: list[tuple[str, str]] = []

    def counted(*arguments: object) -> None:
        asked.append((str(arguments[2]), repr(arguments[3])))

    event.listen(context.database.engine, "before_cursor_execute", counted)
    try:
        assert page.get(address).status == 200
    finally:
        event.remove(context.database.engine, "before_cursor_execute", counted)
    return asked


def long_case() -> ExtractBuilder:
    """Three more years of payments, more orders, letters, children."""
    builder = one_family().builder
    for week in range(150):
        day = date(2023, 1, 6) + timedelta(weeks=week)
        payment = builder.payment("P", day, "100.00", {("C1", "current_support"): "100.00"})
        builder.disbursement(payment, "C1", day, "100.00", payee_id="A")
        builder.charge("C1", day, "100.00")
    for number in range(10):
        builder.order("C1", "10.00", effective_on=f"202{number % 5}-01-01")
        builder.notice("C1", "P", "general", f"2026-0{number % 9 + 1}-01")
        builder.participant(f"K{number}", first_name=f"Kid{number}")
        builder.member("C1", f"K{number}", "child")
    builder.settle()
    return builder


@pytest.mark.parametrize("build", [long_case, lambda: one_family().builder], ids=["long", "short"])
def test_the_number_of_queries_does_not_grow_with_the_case(
    context: Context, family: Family, build: Callable[[], ExtractBuilder]
) -> None:
    family.load(build())
    asked = {tail: len(queries(context, family, tail)) for tail in BUDGET}
    assert {tail: number for tail, number in asked.items() if number > BUDGET[tail]} == {}


def ended() -> ExtractBuilder:
    builder = one_family().builder
    builder.find("members.csv", participant_id="P")["until"] = "2026-09-30"
    return builder


def not_adding_up() -> ExtractBuilder:
    builder = one_family().builder
    builder.find("balances.csv", case_id="C1")["amount"] = "187.66"
    return builder


@pytest.mark.parametrize("build", [long_case, ended, not_adding_up])
def test_no_page_reads_the_same_twice(
    context: Context, family: Family, build: Callable[[], ExtractBuilder]
) -> None:
    """The payments of many years are the most there is to read."""
    family.load(build())
    for tail in BUDGET:
        asked = Counter(queries(context, family, tail))
        assert [query for query, times in asked.items() if times > 1] == [], tail or "overview"


@pytest.mark.parametrize("build", [long_case, lambda: one_family().builder], ids=["long", "short"])
def test_a_payments_page_asks_as_often_for_a_long_case(
    context: Context, family: Family, build: Callable[[], ExtractBuilder]
) -> None:
    """Why it is smaller is looked up in what is there already: orders, charges, payments."""
    family.load(build())
    page = family.page("P")
    base = page.get("/cases").path
    (tail,) = {
        href.removeprefix(base)
        for name, href in page.get(base + "/payments").links().items()
        if name == "Oct 28, 2026"
    }
    asked = queries(context, family, tail)
    assert len(asked) <= 13
    assert len(set(asked)) == len(asked)
