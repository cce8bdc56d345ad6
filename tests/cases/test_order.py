"""Every order in words, and what it comes to."""

from __future__ import annotations

from tests.cases.family import Family
from tests.support.extract import one_family


def test_an_order_in_words_and_by_months(households: Family) -> None:
    """Five Fridays make a month of $500.00."""
    words = households.open("P", "/order").words
    assert "$100.00 every week, since January 4, 2021, Suffolk Probate and Family Court" in words
    assert "Docket SU21W0001" in words
    assert "This month $400.00: 4 Fridays at $100.00" in words
    assert "This year $5,200.00" in words
    assert "on Fridays. Most months have four of them and some have five" in words


def test_every_kind_and_frequency_current_and_ended(family: Family) -> None:
    builder = one_family().builder
    builder.order("C1", "50.00", kind="arrears", frequency="biweekly", effective_on="2026-01-01")
    builder.order("C1", "20.00", kind="medical", frequency="semimonthly", effective_on="2026-01-01")
    builder.order("C1", "300.00", kind="alimony", frequency="monthly", effective_on="2026-01-01")
    builder.order("C1", "90.00", effective_on="2019-01-01", ended_on="2020-12-31")
    family.load(builder)
    words = family.open("A", "/order").words
    assert "Payment toward past-due support $50.00 every two weeks" in words
    assert "Medical support $20.00 twice a month" in words
    assert "This month $40.00: 2 times $20.00" in words
    assert "Alimony $300.00 every month" in words
    assert "This month $300.00: once $300.00" in words
    assert "All together: $740.00 this month" in words
    before, _, others = words.partition("Other orders")
    assert "from January 1, 2019 to December 31, 2020" not in before + others
    payor = family.open("P", "/order").words
    assert payor.replace("you pay support", "you receive support") == words


def test_an_order_that_ended_stays_listed(family: Family) -> None:
    builder = one_family().builder
    builder.order("C1", "90.00", effective_on="2021-02-01", ended_on="2022-12-31")
    family.load(builder)
    words = family.open("A", "/order").words
    assert (
        "Other orders Child support $90.00 every week, from February 1, 2021 to December 31, 2022"
        in words
    )


def test_an_order_without_an_end_says_nothing_of_one(family: Family) -> None:
    """Systems of record write December 31, 9999 where a date has no end."""
    builder = one_family().builder
    builder.find("orders.csv", case_id="C1")["ended_on"] = "9999-12-31"
    family.load(builder)
    words = family.open("A", "/order").words
    assert "In force now" in words
    assert "$100.00 every week, since January 4, 2021" in words
    assert "9999" not in words
