"""Your case at a glance, for the payor and for the custodial parent."""

from __future__ import annotations

from tests.cases.family import Family
from tests.support.extract import ExtractBuilder, one_family
from tests.support.page_rules import attributes


def test_the_payor_sees_what_is_due_and_what_came_in(households: Family) -> None:
    """Four Fridays in November 2026, three payments of $80.00 to this case."""
    words = households.open("P").words
    assert "Due $400.00 : 4 Fridays at $100.00" in words
    assert "$240.00 in, $160.00 to come" in words
    assert "for this case, of $120.00 in all" in words
    assert "withheld Nov 16, 2026 ▸ received Nov 18, 2026 ▸ sent Nov 19, 2026" in words
    assert "$887.20" in words
    assert "arrears $875.00 · interest $6.10 · penalties $6.10" in words
    assert "as of November 20, 2026" in words


def test_the_notice_that_needs_an_answer_stands_first(households: Family) -> None:
    """The later of the printed day and 30 days from its date, with the days left."""
    seen = households.open("P")
    words = seen.words
    assert "Answer by December 10, 2026 (18 days left)" in words
    assert words.index("Needs you") < words.index("This month")
    assert "/requests/administrative-review/new?" in seen.links()["Ask for a review : Needs you"]


def test_a_custodial_parents_page_leads_with_the_last_payment(households: Family) -> None:
    words = households.open("A").words
    assert words.index("Last payment") < words.index("Owed to your family")
    assert words.index("Owed to your family") < words.index("This month")
    assert "$80.00 Sent, not cashed yet received Nov 18, 2026 ▸ sent Nov 19, 2026" in words
    assert "Needs you" not in words


def test_what_is_owed_to_the_state_is_said_beside_what_is_owed_to_the_family(
    family: Family,
) -> None:
    builder = one_family().builder
    builder.rows["balances.csv"].clear()
    builder.balance("C1", "arrears", "150.00")
    builder.balance("C1", "arrears", "50.00", owed_to="state")
    family.load(builder)
    words = family.open("A").words
    assert "$150.00 arrears $150.00 $50.00 more is owed to the state." in words
    assert "$200.00 arrears $200.00" in family.open("P").words


def test_twelve_months_as_a_drawing_and_as_a_table(households: Family) -> None:
    seen = households.open("A")
    drawn = seen.document.query("svg .drawing-due, svg .drawing-paid")
    assert len(drawn) == 24
    heights = [int(str(attributes(bar)["height"])) for bar in drawn]
    assert max(heights) == 120  # August: $820.00 came in
    assert "August 2026 $400.00 $820.00" in seen.words
    assert "style=" not in seen.text


def test_a_switch_for_several_cases(households: Family) -> None:
    seen = households.open("P", "/payments")
    links = seen.links()
    assert links["Case C2: you pay support · Kid2"].endswith("/payments")
    assert "$85.00" in households.open("P", case=1).words
    assert "Case C1" not in households.open("B").words


def test_a_part_in_a_case_that_is_over(family: Family) -> None:
    builder = one_family().builder
    builder.find("members.csv", participant_id="A")["until"] = "2026-08-31"
    family.load(builder)
    words = family.open("A").words
    assert "Your part in this case ended on August 31, 2026" in words
    assert "as of August 31, 2026" in words
    assert "September 2026" not in words
    assert "This month" not in words
    assert "Orders of this case" in family.open("A", "/order").words
    assert "Open" not in words


def test_an_income_withholding_only_case_says_what_is_not_done(family: Family) -> None:
    """No interest, no enforcement, and the pages say so."""
    builder = one_family().builder
    builder.find("cases.csv", case_id="C1")["service"] = "income_withholding_only"
    family.load(builder)
    assert (
        "We add no interest or penalties, and we do not enforce the order" in family.open("P").words
    )
    assert "no interest and no penalties" in family.open("A", "/balances").words


def test_another_agency_takes_part_and_is_not_named(family: Family) -> None:
    builder = one_family().builder
    builder.find("cases.csv", case_id="C1").update(interstate="responding", other_jurisdiction="44")
    family.load(builder)
    for person in ("P", "A"):
        seen = family.open(person)
        assert "Another agency takes part in this case" in seen.words
        assert "Rhode Island" not in seen.text


def test_whose_part_is_over_is_not_told_of_another_agency(family: Family) -> None:
    """The record says who takes part now, not since when: it may be since they left."""
    builder = one_family().builder
    builder.find("cases.csv", case_id="C1").update(interstate="responding", other_jurisdiction="44")
    builder.find("members.csv", participant_id="A")["until"] = "2026-09-30"
    family.load(builder)
    words = family.open("A").words
    assert "Your part in this case ended on September 30, 2026" in words
    assert "Another agency" not in words
    assert "Another agency takes part in this case" in family.open("P").words


def test_figures_that_do_not_add_up_are_said_not_to(family: Family) -> None:
    """FED-3: showing it is the point."""
    builder = one_family().builder
    builder.find("balances.csv", case_id="C1")["amount"] = "187.66"
    builder.find("payments.csv", received_on="2026-11-04")["amount"] = "no number"
    family.load(builder)
    words = family.open("P").words
    assert "The figures of this case do not add up" in words
    assert "come to $112.34 more than the balance in our records" in words
    assert "Some figures may be missing" in words


def test_a_case_without_anything_opens(family: Family) -> None:
    builder = ExtractBuilder()
    builder.participant("P")
    builder.case("C1")
    builder.member("C1", "P", "noncustodial")
    family.load(builder)
    for tail in ("", "/order", "/balances", "/payments", "/payments.csv", "/letters"):
        assert family.open("P", tail).status == 200
    assert "No payment in the last 4 years" in family.open("P").words
