"""What a parent reads where the record differs from the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from flask import Flask

from portal.cases import difference_words
from portal.rules.recompute import Difference, DifferenceKind
from portal.rules.vocabulary import Category
from tests.cases.family import Family, new_family
from tests.ledger.by_hand import (
    Hand,
    interest_under_the_threshold,
    nothing_paid_for_two_months,
    shared_half_and_half_against_the_rule,
    the_lower_order_was_not_charged,
)
from tests.support.page import Seen

ESTIMATE = "We worked this out ourselves, as an estimate."


def opened(tmp_path: Path, make: Callable[[], Hand], *people: str) -> tuple[Family, list[Seen]]:
    family = new_family(tmp_path)
    family.load(make().extract)
    return family, [family.open(person, "/how-we-got-here") for person in people]


def plain(seen: Seen) -> str:
    """The page's words; a link's end leaves no gap."""
    return " ".join(seen.words.split()).replace(" :", ":")


def test_months_that_follow_each_other_are_said_once(tmp_path: Path) -> None:
    family, (seen,) = opened(tmp_path, the_lower_order_was_not_charged, "P")
    assert ESTIMATE in seen.text
    assert seen.text.count("The order changed, and the old amount was still charged") == 1
    words = plain(seen)
    assert (
        "October 2026 to November 2026: The record has $800.00 for current support. By the rules"
        " it would be $651.00: $149.00 less." in words
    )
    assert "Have the court’s new order at hand." in words
    month = family.open("P", "/how-we-got-here/2026-10")
    assert "The record has $400.00 for current support" in month.text
    assert ESTIMATE not in family.open("P", "/how-we-got-here/2026-09").text


def test_interest_and_penalty_of_a_month_are_one(tmp_path: Path) -> None:
    _, (seen, other) = opened(tmp_path, interest_under_the_threshold, "P", "K1")
    for words in (plain(seen), plain(other)):
        assert (
            "September 2026: The record has $5.00 for interest and penalties. By the rules it would"
            " be $0.00: $5.00 less. They are added only where more than $500.00 is past due."
            in words
        )


def test_a_line_in_question_says_so_and_its_neighbour_does_not(tmp_path: Path) -> None:
    family, _ = opened(tmp_path, the_lower_order_was_not_charged, "P")
    month = family.open("P", "/how-we-got-here/2026-10")
    lines = [family.page("P").get(href) for href in month.links().values() if "/lines/" in href]
    assert len(lines) == 2  # the charge, and the payment
    assert [ESTIMATE in seen.text for seen in lines].count(True) == 1


def test_shares_between_cases_are_for_the_payor(tmp_path: Path) -> None:
    """PRV-1"""
    _, (payor, parent) = opened(tmp_path, shared_half_and_half_against_the_rule, "P", "K1")
    assert "The record has $80.00 of a payment of this month on this case." in payor.text
    assert ESTIMATE not in parent.text
    assert "your cases" not in parent.text


def test_a_healthy_case_says_nothing(tmp_path: Path) -> None:
    _, (seen,) = opened(tmp_path, nothing_paid_for_two_months, "P")
    assert ESTIMATE not in seen.text


@pytest.mark.parametrize("kind", DifferenceKind)
def test_each_kind_has_words(app: Flask, kind: DifferenceKind) -> None:
    found = Difference(kind, date(2026, 10, 1), Category.INTEREST, D("5.00"), D("9.00"))
    with app.test_request_context():
        (finding,) = difference_words.findings_of([found])
        assert str(difference_words.TITLES[kind])
        assert difference_words.rule(finding).endswith(".")
        said = difference_words.compared(finding)
        assert "$9.00" in said
        assert kind is DifferenceKind.HELD_TOO_LONG or said.endswith("$9.00: $4.00 more.")


def test_a_gap_or_another_payment_begins_anew() -> None:
    kind = DifferenceKind.HELD_TOO_LONG

    def made(month: int, payment: str | None) -> Difference:
        first = date(2026, month, 1)
        return Difference(kind, first, Category.ARREARS, D(0), D(9), payment_id=payment)

    months = [made(month, None) for month in (5, 6, 8)]
    assert [(it.first.month, it.last.month) for it in difference_words.findings_of(months)] == [
        (8, 8),
        (5, 6),
    ]
    payments = [made(5, "a"), made(6, "b"), made(6, "a")]
    assert len(difference_words.findings_of(payments)) == 2
