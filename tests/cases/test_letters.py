"""The list of letters: to their addressee only."""

from __future__ import annotations

from tests.cases.family import Family


def test_each_person_has_their_own_letters(households: Family) -> None:
    payor = households.open("P", "/letters").words
    assert (
        "Nov 10, 2026 Notice of Child Support Delinquency to answer: Dec 10, 2026 (18 days left)"
        in payor
    )
    assert "About your payments" not in payor
    custodial = households.open("A", "/letters").words
    assert "Nov 3, 2026 About your payments no answer needed" in custodial
    assert "Delinquency" not in custodial
    assert "Overpayment" in households.open("B", "/letters").words
