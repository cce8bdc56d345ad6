"""Who a payment on arrears goes to."""

from decimal import Decimal as D

import pytest

from portal.rules.assignment import Split, split_arrears


@pytest.mark.parametrize(
    ("amount", "on_assistance", "family", "state"),
    [
        ("50.00", False, "50.00", "0.00"),
        ("120.00", False, "100.00", "20.00"),
        ("200.00", False, "160.00", "40.00"),  # 100 and 40 owed; the surplus is the family's
        ("30.00", True, "0.00", "30.00"),
        ("90.00", True, "50.00", "40.00"),
    ],
)
def test_family_first_unless_on_assistance(
    amount: str, on_assistance: bool, family: str, state: str
) -> None:
    owed = Split(D("100.00"), D("40.00"))
    assert split_arrears(D(amount), owed, on_assistance=on_assistance) == Split(D(family), D(state))
