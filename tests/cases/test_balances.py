"""What is owed, for what, to whom, as of when."""

from __future__ import annotations

from tests.cases.family import Family
from tests.support.extract import one_family


def test_every_category_is_explained_in_place(family: Family) -> None:
    """Each term beside its figure, to whom it is owed, as of when."""
    builder = one_family().builder
    builder.rows["balances.csv"].clear()
    for number, category in enumerate(
        ("current_support", "arrears", "interest", "penalty", "fee", "medical", "alimony")
    ):
        owed_to = {"penalty": "state", "fee": "agency"}.get(category, "family")
        builder.balance("C1", category, f"{number + 1}.00", owed_to=owed_to)
    family.load(builder)
    for person in ("P", "A"):
        seen = family.open(person, "/balances")
        assert "$28.00 as of November 20, 2026" in seen.words
        assert len(seen.document.query(".balances details")) == 7
        assert "Penalties owed to the state $4.00" in seen.words
        assert "Fees owed to the agency $5.00" in seen.words
        assert "Owed to the family: $19.00" in seen.words
        assert "more than $500.00 of support was past due" in seen.words
        assert "on Fridays. A month has four or five of them" in seen.words


def test_penalties_owed_to_the_state_are_not_put_down_to_public_assistance(family: Family) -> None:
    builder = one_family().builder
    builder.balance("C1", "penalty", "4.00", owed_to="state")
    family.load(builder)
    for person in ("P", "A"):
        words = family.open(person, "/balances").words
        assert "It goes to the state, not to the family." in words
        assert "public assistance" not in words


def test_support_owed_to_the_state_is_explained_to_who_received_the_assistance(
    family: Family,
) -> None:
    """To whom it is owed is told to both; that the family had assistance is not the payor's."""
    builder = one_family().builder
    builder.balance("C1", "arrears", "4.00", owed_to="state")
    family.load(builder)
    hers = family.open("A", "/balances").words
    assert "Support for a time in which the family had public assistance is owed" in hers
    words = family.open("P", "/balances").words
    assert "This part is owed to the state, not to the family." in words
    assert "assistance" not in words


def test_a_credit_is_said_in_words(family: Family) -> None:
    builder = one_family().builder
    builder.find("balances.csv", case_id="C1")["amount"] = "-12.50"
    family.load(builder)
    words = family.open("P", "/balances").words
    assert "−$12.50" in words
    assert "more was paid than was owed" in words


def test_balances_at_the_end_of_a_role_are_the_ledgers(family: Family) -> None:
    """Five Fridays in July, four in August, all paid but August's last: paid two days before."""
    builder = one_family().builder
    builder.find("members.csv", participant_id="A")["until"] = "2026-09-02"
    family.load(builder)
    words = family.open("A", "/balances").words
    assert "as of September 2, 2026" in words
    assert "Child support, current and past due −$100.00" in words
    assert "owed to the family" not in words
