"""One payment: its way, and how it was applied."""

from __future__ import annotations

from tests.cases.family import Family
from tests.support.extract import one_family, two_households
from tests.support.page import Seen

ASSIGNED = "Support for a time in which the family had public assistance is owed to the state."


def opened(family: Family, person: str, day: str, case: int = 0) -> Seen:
    listed = family.open(person, "/payments", case=case)
    return family.page(person).get(listed.links()[day])


def test_the_payors_payment_with_its_parts(households: Family) -> None:
    """The whole, the part on this case and on the other, by which rule."""
    words = opened(households, "P", "Nov 18, 2026").words
    assert "Taken from your pay November 16, 2026" in words
    assert "We received it November 18, 2026 $120.00" in words
    assert "We sent money on November 19, 2026" in words
    assert "Current support comes first: what is due this month. $80.00" in words
    assert "Your case C2" in words
    assert "is shared in proportion to what is due on each." in words
    assert "$40.00" in words
    assert "Harbor Freight Lines" in words


def test_her_payment_from_received_to_cashed(households: Family) -> None:
    """With dates, as far as she may follow it."""
    words = opened(households, "A", "Nov 11, 2026").words
    assert "We received it November 11, 2026 $80.00" in words
    assert (
        "Sent to you November 12, 2026 $80.00 by direct deposit Cashed November 12, 2026" in words
    )
    assert "Taken from your pay" not in words
    assert "November 9" not in words


def test_a_check_that_came_back_and_was_sent_again(households: Family) -> None:
    words = opened(households, "A", "Oct 20, 2026").words
    assert "It came back to us October 30, 2026" in words
    assert "Sent to you again November 2, 2026 $45.00 by check" in words
    assert "This one replaces the check of October 21, 2026 that was returned." in words
    payors = opened(households, "P", "Oct 20, 2026").words
    assert "We sent money on October 21, 2026" in payors
    for word in ("replaces", "returned", "again", "November 2"):
        assert word not in payors, word


def test_what_the_state_kept(households: Family) -> None:
    """Of $500.00, $300.00 went to her and $200.00 to the state."""
    listed = households.open("A", "/payments?source=enforcement_or_other")
    words = households.page("A").get(listed.links()["Aug 12, 2026"]).words
    assert "Sent to you August 14, 2026 $300.00" in words
    assert "Sent to the state August 14, 2026 $200.00" in words
    assert f"$200.00 {ASSIGNED}" in words
    payors = opened(households, "P", "Aug 12, 2026").words
    for word in ("to the state", "assistance"):
        assert word not in payors, word


def test_penalties_that_went_to_the_state_are_not_put_down_to_assistance(family: Family) -> None:
    builder = one_family().builder
    both = {("C1", "penalty"): "10.00", ("C1", "arrears"): "20.00"}
    for day, parts, whole in (
        ("2026-11-16", {("C1", "penalty"): "10.00"}, "10.00"),
        ("2026-11-17", both, "30.00"),
    ):
        payment = builder.payment("P", day, whole, parts)
        builder.disbursement(payment, "C1", "2026-11-18", whole, payee="state", method="internal")
    builder.settle()
    family.load(builder)
    penalty = opened(family, "A", "Nov 16, 2026").words
    assert "Penalties go to the state, not to the family." in penalty
    assert "assistance" not in penalty
    mixed = opened(family, "A", "Nov 17, 2026").words
    assert f"Penalties go to the state, not to the family. {ASSIGNED}" in mixed


def test_only_support_that_went_to_the_state_is_put_down_to_assistance(family: Family) -> None:
    """Not a fee, not what was sent there a second time, not a part for medical support."""
    builder = one_family().builder
    fee = builder.payment(
        "P", "2026-11-16", "45.00", {("C1", "fee"): "35.00", ("C1", "current_support"): "10.00"}
    )
    builder.disbursement(fee, "C1", "2026-11-18", "35.00", payee="state", method="internal")
    twice = builder.payment(
        "P", "2026-11-17", "30.00", {("C1", "penalty"): "10.00", ("C1", "arrears"): "20.00"}
    )
    stale = builder.disbursement(twice, "C1", "2026-11-18", "10.00", payee="state",
                                 method="internal", status="stale")  # fmt: skip
    builder.disbursement(twice, "C1", "2026-11-19", "10.00", payee="state", method="internal",
                         replaces=stale)  # fmt: skip
    medical = builder.payment(
        "P", "2026-11-18", "50.00", {("C1", "medical"): "20.00", ("C1", "arrears"): "30.00"}
    )
    builder.disbursement(medical, "C1", "2026-11-19", "20.00", payee="state", method="internal")
    builder.settle()
    family.load(builder)
    words = opened(family, "A", "Nov 16, 2026").words
    assert "Sent to the state November 18, 2026 $35.00 Fees go to the state" in words
    assert "assistance" not in words
    words = opened(family, "A", "Nov 17, 2026").words
    assert "Penalties go to the state, not to the family." in words
    assert "assistance" not in words
    assert "assistance" not in opened(family, "A", "Nov 18, 2026").words


def test_held_money_is_said_to_be_held(households: Family) -> None:
    words = opened(households, "A", "Nov 16, 2026").words
    assert "We hold a part for now $60.00" in words
    assert "It may be subject to adjustment" in words
    assert "Sent to you (not yet)" in words


def test_a_payment_that_was_taken_back(households: Family) -> None:
    words = opened(households, "B", "Oct 5, 2026").words
    assert "Taken back October 8, 2026" in words


def test_a_refund_to_the_payor_in_full(family: Family) -> None:
    builder = one_family().builder
    payment = builder.payment(
        "P", "2026-11-19", "30.00", {("C1", "arrears"): "10.00", ("C1", "refund"): "20.00"}
    )
    builder.disbursement(payment, "C1", "2026-11-20", "20.00", payee="payor", payee_id="P",
                         method="check", status="outstanding")  # fmt: skip
    builder.settle()
    family.load(builder)
    words = opened(family, "P", "Nov 19, 2026").words
    assert "Sent back to you November 20, 2026 $20.00 by check Not cashed yet" in words
    hers = opened(family, "A", "Nov 19, 2026").words
    assert "$10.00 for this case" in hers
    assert "20.00" not in hers.replace("2026", "")


def test_what_a_recovery_kept(family: Family) -> None:
    builder = two_households().builder
    payment = builder.payment("P", "2026-11-19", "30.00", {("C1", "arrears"): "30.00"})
    builder.disbursement(payment, "C1", "2026-11-20", "30.00", payee="agency", method="internal")
    builder.settle()
    family.load(builder)
    kept = "Kept by the agency to recover an overpayment November 20, 2026 $30.00"
    assert kept in opened(family, "A", "Nov 19, 2026").words
    assert "Kept by" not in opened(family, "P", "Nov 19, 2026").words
    words = opened(family, "A", "Nov 19, 2026").words
    assert "We keep a part of payments until that is paid back." in words


def test_what_was_lost_and_not_sent_again_yet(family: Family) -> None:
    builder = one_family().builder
    payment = builder.payment("P", "2026-11-09", "30.00", {("C1", "arrears"): "30.00"})
    builder.disbursement(payment, "C1", "2026-11-10", "30.00", payee_id="A", method="check",
                         status="returned", status_on="2026-11-18")  # fmt: skip
    builder.settle()
    family.load(builder)
    words = opened(family, "A", "Nov 9, 2026").words
    assert "It came back to us November 18, 2026 Sent to you again (not yet)" in words
    assert "Call us if your address or your account has changed." in words
    assert "again" not in opened(family, "P", "Nov 9, 2026").words


def test_what_it_was_applied_to_stands_in_the_trace(family: Family) -> None:
    builder = one_family().builder
    builder.payment(
        "P", "2026-11-19", "45.00",
        {("C1", "current_support"): "30.00", ("C1", "arrears"): "10.00", ("C1", "held"): "5.00"},
    )  # fmt: skip
    builder.settle()
    family.load(builder)
    words = opened(family, "A", "Nov 19, 2026").words
    assert "We applied it to this case November 19, 2026 $40.00 current support $30.00" in words
    assert "current support $30.00, arrears $10.00" in words
    assert "We hold a part for now $5.00" in words
