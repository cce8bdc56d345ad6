"""One month of the ledger, line by line."""

from __future__ import annotations

import pytest

from tests.cases.family import Family
from tests.support.extract import one_family
from tests.support.page import Seen

TAIL = "/how-we-got-here/"


def rows(seen: Seen) -> list[str]:
    """The rows of the first table."""
    table = seen.document.query("table")[0]
    return [" ".join(it.to_text(separator=" ").split()) for it in table.query("tbody tr")]


def test_a_month_by_hand(households: Family) -> None:
    """September 2026 of the first household: four Fridays at $100.00, five payments of $80.00."""
    seen = households.open("A", TAIL + "2026-09")
    assert seen.h1 == "September 2026"
    found = rows(seen)
    assert found[0].startswith("Sep 1, 2026 Owed as the day began")
    assert found[-1].startswith("Owed on September 30, 2026")
    fridays = [it for it in found if "Support fell due" in it]
    assert [it.split(",")[0] for it in fridays] == ["Sep 4", "Sep 11", "Sep 18", "Sep 25"]
    assert all("+$100.00" in it for it in fridays)
    assert "What it is owed for" in seen.words


def test_neighbours_are_linked_and_the_ends_are_ends(households: Family) -> None:
    links = households.open("A", TAIL + "2026-11").links()
    assert "‹ October 2026" in links
    assert "December 2026 ›" not in links
    assert "‹ October 2022" not in households.open("A", TAIL + "2022-11").links()


def test_one_can_disagree_with_a_month(households: Family) -> None:
    links = households.open("P", TAIL + "2026-10").links()
    assert links["I don’t agree with this month"].startswith("/requests/")


@pytest.mark.parametrize(
    "month", ["2022-10", "2026-12", "2026-13", "2026-1", "202609", "2026-W01", "x", "2026-09-01"]
)
def test_what_is_no_month_of_the_ledger_is_not_found(households: Family, month: str) -> None:
    page = households.page("A")
    base = page.get("/cases").path
    assert page.get(base + TAIL + month, follow=False).status == 404


def test_a_month_in_two_roles_has_two_parts(family: Family) -> None:
    builder = one_family().builder
    builder.find("members.csv", participant_id="A")["until"] = "2026-09-08"
    builder.member("C1", "A", "custodial", "2026-09-20", "")
    family.load(builder)
    seen = family.open("A", TAIL + "2026-09")
    headings = [it.to_text() for it in seen.document.query("main h2")]
    assert headings[:2] == [
        "From September 1, 2026 to September 8, 2026",
        "From September 20, 2026 to September 30, 2026",
    ]
    assert "Sep 11, 2026" not in seen.words
    assert "Sep 25, 2026" in seen.words


AGREES = "We came to the same figures."


def test_a_month_that_comes_to_the_same_says_so(family: Family) -> None:
    """Nine weeks of $100.00, all paid: no interest. The present month is not over."""
    builder = one_family().builder
    builder.find("charges.csv", due_on="2026-09-11")["amount"] = "130.00"
    builder.settle()
    family.load(builder)
    for person in ("P", "A"):
        for month, agrees in (("08", True), ("09", False), ("10", True), ("11", False)):
            words = family.open(person, f"{TAIL}2026-{month}").words
            assert (AGREES in words) is agrees, (person, month)
        # July, August and October; September differs.
        head = "By the rules we also worked out 3 months ourselves and came to the same support"
        assert head in family.open(person, TAIL.rstrip("/")).words


def test_interest_that_comes_to_the_same_counts_and_what_is_missing_does_not(
    family: Family,
) -> None:
    """$1,000.00 past due and no payment: 0.5 % each. A month without a penalty may be exempt."""
    builder = one_family().builder
    builder.rows["charges.csv"].clear()
    for name in ("payments.csv", "allocations.csv", "disbursements.csv"):
        builder.rows[name].clear()
    builder.charge("C1", "2026-08-31", "1000.00", kind="opening", category="arrears")
    for friday in ("04", "11", "18", "25"):
        builder.charge("C1", f"2026-09-{friday}", "100.00", order_id="ORD1")
    builder.charge("C1", "2026-09-30", "7.00", category="interest")
    builder.charge("C1", "2026-09-30", "7.00", category="penalty")
    for friday in ("02", "09", "16", "23", "30"):
        builder.charge("C1", f"2026-10-{friday}", "100.00", order_id="ORD1")
    builder.charge("C1", "2026-10-31", "9.50", category="interest")
    builder.settle()
    family.load(builder)
    assert AGREES in family.open("A", f"{TAIL}2026-09").words
    assert AGREES not in family.open("A", f"{TAIL}2026-10").words


@pytest.mark.parametrize("category", ["arrears", "medical"])
def test_what_no_order_explains_is_not_said_to_agree(family: Family, category: str) -> None:
    builder = one_family().builder
    builder.charge("C1", "2026-08-20", "40.00", category=category)
    builder.settle()
    family.load(builder)
    assert AGREES not in family.open("A", f"{TAIL}2026-08").words
    assert AGREES in family.open("A", f"{TAIL}2026-09").words


def test_a_month_of_which_only_a_part_shows_is_not_judged(family: Family) -> None:
    builder = one_family().builder
    builder.find("members.csv", participant_id="A")["since"] = "2026-08-10"
    family.load(builder)
    assert AGREES not in family.open("A", f"{TAIL}2026-08").words
    assert AGREES in family.open("A", f"{TAIL}2026-09").words
