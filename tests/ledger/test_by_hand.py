"""The ledger, the rules and the recomputation against figures worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.context import Context
from portal.ledger.case_view import CaseView
from portal.ledger.explained import explained
from portal.ledger.recomputed import differences
from portal.rules.agency import Agency, load_agency
from portal.rules.assignment import Split, split_arrears
from portal.rules.calendar import Terms, due_in_month
from portal.rules.distribution import Due, by_category, distribute
from portal.rules.interest import MonthEnd, assess
from portal.rules.recompute import Difference
from portal.rules.vocabulary import Category, Frequency, Source
from tests.ledger.by_hand import FAMILIES, Found, Hand
from tests.ledger.views import loaded, opened

AGENCY: Agency = load_agency("massachusetts")
each_family = pytest.mark.parametrize("make", FAMILIES, ids=lambda make: make.__name__)


def test_there_are_twenty_and_more() -> None:
    assert len(FAMILIES) == len(set(FAMILIES)) >= 20


def nonzero(sums: Mapping[Category, D]) -> dict[str, D]:
    return {category.value: amount for category, amount in sums.items() if amount}


def told(found: tuple[Difference, ...]) -> list[Found]:
    return sorted(
        (it.kind.value, f"{it.month:%Y-%m}", it.category.value, str(it.record), str(it.expected))
        for it in found
    )


@each_family
def test_the_ledger_and_what_each_parent_is_told(
    make: Callable[[], Hand], context: Context, tmp_path: Path
) -> None:
    hand = make()
    loaded(context, tmp_path, hand.extract)
    for case_id, months in hand.closing.items():
        for person in ("P", case_id.replace("C", "K")):
            with opened(context, person, case_id) as (session, view):
                check_ledger(session, view, hand, months)
                found = told(differences(session, view))
            wanted = sorted(hand.differences.get(case_id, []))
            if person != "P":
                wanted = [it for it in wanted if it[0] not in hand.payor_only]
            assert found == wanted


def check_ledger(
    session: Session, view: CaseView, hand: Hand, months: Mapping[str, Mapping[str, str]]
) -> None:
    shown = explained(session, view)
    closing = {f"{it.first:%Y-%m}": nonzero(it.closing) for it in shown.months}
    for month, sums in months.items():
        assert closing[month] == {category: D(amount) for category, amount in sums.items()}, month
    rest = {category: D(amount) for category, amount in hand.rest.get(view.case_id, {}).items()}
    assert nonzero(shown.rest) == rest


@each_family
def test_the_rules_alone(make: Callable[[], Hand]) -> None:
    hand = make()
    for amount, frequency, month, total in hand.due:
        terms = Terms(D(amount), Frequency(frequency), date(2026, 9, 1))
        first = date.fromisoformat(f"{month}-01")
        assert due_in_month(terms, first, AGENCY.billing).total == D(total), month
    for day, past_due, minimum, paid, interest, penalty in hand.month_ends:
        end = MonthEnd(date.fromisoformat(day), D(past_due), D(minimum), D(paid))
        result = assess(end, AGENCY.interest)
        assert (result.interest, result.penalty) == (D(interest), D(penalty)), day
    for amount, owed, on_assistance, (family, state) in hand.assigned:
        split = split_arrears(D(amount), Split(D(owed[0]), D(owed[1])), on_assistance=on_assistance)
        assert split == Split(D(family), D(state))


@each_family
def test_the_shares_alone(make: Callable[[], Hand]) -> None:
    for amount, source, dues, shares in make().splits:
        owed = []
        for words, due in dues.items():
            case_id, when, category = words.split()
            owed.append(Due(case_id, Category(category), D(due), when == "past"))
        weights = {due.case_id: D(1) for due in owed}
        made = distribute(D(amount), Source(source), owed, AGENCY.distribution, weights)
        found = {
            f"{case} {category.value}": part for (case, category), part in by_category(made).items()
        }
        assert found == {words: D(part) for words, part in shares.items()}
