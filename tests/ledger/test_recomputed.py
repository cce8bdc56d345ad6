"""Who is told of which difference: by role, by window, by whose payment it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.context import Context
from portal.ledger.recomputed import differences
from tests.ledger.by_hand import Hand, shared_half_and_half_against_the_rule, the_agency_compounded
from tests.ledger.views import loaded, opened


def kinds(context: Context, person: str, case_id: str = "C1") -> list[str]:
    with opened(context, person, case_id) as (session, view):
        return [f"{it.kind.value} {it.month:%Y-%m}" for it in differences(session, view)]


def test_a_difference_across_cases_is_told_to_the_payor_alone(
    context: Context, tmp_path: Path
) -> None:
    """PRV-1: a custodial parent never learns that another household exists."""
    loaded(context, tmp_path, shared_half_and_half_against_the_rule().extract)
    for case_id in ("C1", "C2"):
        assert kinds(context, "P", case_id) == ["not_in_proportion 2026-10"]
        assert kinds(context, case_id.replace("C", "K"), case_id) == []
    with opened(context, "P", "C1") as (session, view):
        assert [it.across_cases for it in differences(session, view)] == [True]


def test_not_judged_where_the_payor_no_longer_sees_the_other_case(
    context: Context, tmp_path: Path
) -> None:
    builder = shared_half_and_half_against_the_rule().extract
    builder.find("members.csv", case_id="C2", participant_id="P")["until"] = "2026-10-15"
    loaded(context, tmp_path, builder)
    assert kinds(context, "P", "C1") == []


@pytest.mark.parametrize(
    ("since", "found"),
    [("2026-10-01", ["compounded 2026-10"]), ("2026-10-02", []), ("2026-11-01", [])],
)
def test_a_guardian_is_told_of_whole_months_of_their_own_time(
    context: Context, tmp_path: Path, since: str, found: list[str]
) -> None:
    builder = the_agency_compounded().extract
    builder.participant("G")
    builder.member("C1", "G", "guardian", since)
    loaded(context, tmp_path, builder)
    assert kinds(context, "G") == found
    assert kinds(context, "K1") == ["compounded 2026-10"]


def test_one_who_left_before_is_told_of_nothing_later(context: Context, tmp_path: Path) -> None:
    builder = the_agency_compounded().extract
    builder.find("members.csv", participant_id="K1")["until"] = "2026-10-15"
    loaded(context, tmp_path, builder)
    assert kinds(context, "K1") == []


def _waiting(source: str, payor: str = "P") -> Hand:
    it = Hand()
    it.case(opened_on="2025-01-06")
    it.extract.participant("Q")
    it.extract.member("C1", "Q", "noncustodial", "2025-01-06")
    it.order("100.00", "monthly", "2025-01-06", "2025-11-30")
    it.opening("400.00", on="2025-11-30")
    it.extract.payment(payor, "2026-01-15", "150.00", {("C1", "held"): "150.00"}, source=source)
    it.balances(arrears="400.00")
    return it


def test_why_a_federal_refund_waits_is_told_to_its_own_payor_alone(
    context: Context, tmp_path: Path
) -> None:
    """PRV-3: not to the custodial parent, nor to another payor on the case."""
    loaded(context, tmp_path, _waiting("federal_tax_offset").extract)
    assert kinds(context, "P") == ["held_too_long 2026-01"]
    assert kinds(context, "K1") == kinds(context, "Q") == []


def test_any_other_payment_that_waits_is_told_to_all(context: Context, tmp_path: Path) -> None:
    loaded(context, tmp_path, _waiting("paid_online", "Q").extract)
    for person in ("P", "Q", "K1"):
        assert kinds(context, person) == ["held_too_long 2026-01"]


def test_how_another_payors_payment_was_applied_is_not_told(
    context: Context, tmp_path: Path
) -> None:
    """Two parents may pay on a guardian's case; each is told of their own payments."""
    hand = Hand()
    hand.case()
    hand.extract.participant("Q")
    hand.extract.member("C1", "Q", "noncustodial", "2026-01-05")
    hand.order("400.00", "monthly", "2026-01-05")
    hand.opening("900.00", on="2026-09-30")
    hand.charge("400.00", "2026-10-01 2026-11-01")
    hand.extract.payment("Q", "2026-10-05", "100.00", {("C1", "arrears"): "100.00"})
    hand.balances(current_support="400.00", arrears="1200.00")
    loaded(context, tmp_path, hand.extract)
    assert kinds(context, "Q") == ["wrong_order_of_application 2026-10"]
    assert kinds(context, "P") == kinds(context, "K1") == []
