"""The twelve mistakes of the demo's record: each is found, and no healthy case is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import portal.models  # noqa: F401  (names every table)
from portal.context import Context, open_context
from portal.database import Base
from portal.demo.extract import FEWEST_FAMILIES, Persona, write_extract
from portal.feeds.load import load
from portal.ledger.case_view import open_case
from portal.ledger.check_all import case_numbers, check_cases
from portal.ledger.explained import explained
from portal.ledger.recomputed import differences
from portal.record.current import ensure_record
from portal.record.models import Member
from portal.rules.agency import load_agency
from portal.rules.vocabulary import Role
from portal.settings import load_settings
from tests.support.clock import Clock
from tests.support.keys import TEST_KEY

AS_OF = date(2026, 11, 20)
FAMILIES = 300
AGENCY = load_agency("massachusetts")

Found = tuple[str, str, str, str, str]
EXPECTED: dict[str, list[Found]] = {
    # $120 a week was lowered to $90 from April 1, 2026; months of 4 or 5 Fridays, 3 by November 20.
    "wrong-order-change": [
        ("order_change_not_charged", month, "current_support", record, due)
        for month, record, due in (
            ("2026-04", "480.00", "360.00"),
            ("2026-05", "600.00", "450.00"),
            ("2026-06", "480.00", "360.00"),
            ("2026-07", "600.00", "450.00"),
            ("2026-08", "480.00", "360.00"),
            ("2026-09", "480.00", "360.00"),
            ("2026-10", "600.00", "450.00"),
            ("2026-11", "360.00", "270.00"),
        )
    ],
    "wrong-charge-missing": [("not_charged", "2026-07", "current_support", "0.00", "100.00")],
    # $80 a week, ended April 30, 2026.
    "wrong-charged-after-end": [
        ("charged_after_end", month, "current_support", record, "0.00")
        for month, record in (
            ("2026-05", "400.00"),
            ("2026-06", "320.00"),
            ("2026-07", "400.00"),
            ("2026-08", "320.00"),
            ("2026-09", "320.00"),
            ("2026-10", "400.00"),
            ("2026-11", "240.00"),
        )
    ],
    "wrong-charged-twice": [("charged_twice", "2026-08", "current_support", "190.00", "95.00")],
    # Nothing paid in June, July, August: 4 + 5 + 4 = 13 Fridays at 80 = 1040; x 0.005 = 5.20.
    "wrong-interest-withholding-only": [
        ("on_withholding_only", "2026-08", "interest", "5.20", "0.00"),
        ("on_withholding_only", "2026-08", "penalty", "5.20", "0.00"),
    ],
    # Three months at 400 = 1200; x 0.005 = 6.00.
    "wrong-interest-another-state": [
        ("on_order_of_another_state", "2026-08", "interest", "6.00", "0.00"),
        ("on_order_of_another_state", "2026-08", "penalty", "6.00", "0.00"),
    ],
    # 1800 x 0.005 = 9.00.
    "wrong-interest-minimum-paid": [
        ("minimum_was_paid", "2026-08", "interest", "9.00", "0.00"),
        ("minimum_was_paid", "2026-08", "penalty", "9.00", "0.00"),
    ],
    # 250 and four Fridays of August at 40 = 410; x 0.005 = 2.05.
    "wrong-interest-little-owed": [
        ("under_threshold", "2026-08", "interest", "2.05", "0.00"),
        ("under_threshold", "2026-08", "penalty", "2.05", "0.00"),
    ],
    "wrong-payment-waits": [("held_too_long", "2026-05", "arrears", "0.00", "200.00")],
    "wrong-federal-refund": [
        ("federal_refund_not_on_past_due", "2026-05", "current_support", "300.00", "0.00")
    ],
    "wrong-case": [
        ("wrong_case", "2026-08", "arrears", "180.00", "100.00"),
        ("wrong_case", "2026-08", "current_support", "0.00", "80.00"),
    ],
}
FOR_THE_PAYOR_ALONE = {"wrong_case", "federal_refund_not_on_past_due"}


@dataclass(frozen=True)
class Agency:
    context: Context
    personas: dict[str, Persona]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    folder = tmp_path_factory.mktemp("planted")
    settings = load_settings(
        {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY}, instance=folder / "instance"
    )
    context = open_context(settings, Clock())
    Base.metadata.create_all(context.database.engine)
    ensure_record(context.database)
    personas = write_extract(
        folder / "extract",
        families=FAMILIES,
        seed=1,
        as_of=AS_OF,
        sequence=1,
        agency=AGENCY,
        planted=True,
        reasons=True,
    )
    assert load(context, folder / "extract").not_adding_up == 1
    yield Agency(context, {persona.key: persona for persona in personas})
    context.database.engine.dispose()


def planted_cases(session: Session, made: Agency) -> dict[str, list[str]]:
    """The cases by the payor's persona."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, persona in made.personas.items():
        query = (
            select(Member.case_id)
            .where(Member.participant_id == persona.participant_id)
            .order_by(Member.case_id)
        )
        if key.startswith("wrong-") and persona.roles == ("noncustodial",):
            found[key] = list(session.scalars(query))
    return found


def told(session: Session, participant_id: str, case_id: str) -> list[Found]:
    view = open_case(session, participant_id, case_id, agency=AGENCY, today=date(2026, 11, 22))
    assert view is not None
    return [
        (it.kind.value, f"{it.month:%Y-%m}", it.category.value, str(it.record), str(it.expected))
        for it in differences(session, view)
    ]


def test_there_are_twelve_and_one_can_be_each(made: Agency) -> None:
    with made.context.database.session() as session:
        found = planted_cases(session, made)
    assert len(found) == 12
    assert all(made.personas[key].registered for key in found)
    assert all(made.personas[key].why.startswith("Something is wrong") for key in found)


@pytest.mark.parametrize("key", EXPECTED)
def test_the_payor_is_told_of_each_and_of_nothing_else(made: Agency, key: str) -> None:
    with made.context.database.session() as session:
        payor = made.personas[key].participant_id
        found = [
            it for case in planted_cases(session, made)[key] for it in told(session, payor, case)
        ]
    assert found == EXPECTED[key]


def test_the_payor_is_told_of_interest_on_interest(made: Agency) -> None:
    """$4,000 from before, and of $60 each Friday since November 2021 half was paid."""
    key = "wrong-interest-on-interest"
    with made.context.database.session() as session:
        payor = made.personas[key].participant_id
        (case,) = planted_cases(session, made)[key]
        ((kind, month, category, record, expected),) = told(session, payor, case)
    assert (kind, month, category) == ("compounded", "2026-08", "interest")
    fridays = sum(
        date.fromordinal(day).weekday() == 4
        for day in range(date(2021, 11, 1).toordinal(), date(2026, 8, 31).toordinal() + 1)
    )
    past_due = 4000 + 30 * fridays
    assert D(expected) == D(past_due) / 200
    assert D(record) > D(expected)


def test_the_custodial_parent_is_told_of_their_own_case_alone(made: Agency) -> None:
    """PRV-1: what takes another household to see, or how a payment was split, is never theirs."""
    with made.context.database.session() as session:
        for key, cases in planted_cases(session, made).items():
            payor = made.personas[key].participant_id
            for case in cases:
                (parent,) = session.scalars(
                    select(Member.participant_id).where(
                        Member.case_id == case, Member.role == Role.CUSTODIAL
                    )
                )
                wanted = [
                    it for it in told(session, payor, case) if it[0] not in FOR_THE_PAYOR_ALONE
                ]
                assert told(session, parent, case) == wanted, key


def test_one_balance_does_not_add_up_and_the_page_says_by_how_much(made: Agency) -> None:
    with made.context.database.session() as session:
        for key, cases in planted_cases(session, made).items():
            for case in cases:
                payor = made.personas[key].participant_id
                view = open_case(session, payor, case, agency=AGENCY, today=AS_OF)
                assert view is not None
                rest = {it.value: str(sum_) for it, sum_ in explained(session, view).rest.items()}
                assert rest == ({"arrears": "100.00"} if key == "wrong-charge-missing" else {})


def test_every_case_adds_up_and_the_planted_ones_alone_are_named(made: Agency) -> None:
    """The portal's own lines of every case lead to its balances to the cent: all of the other 300
    families, by all that anybody could be told, and the twelve that something is wrong with."""
    with made.context.database.session() as session:
        wrong = planted_cases(session, made)
        cases = case_numbers(session, None)
        checked = check_cases(session, cases, agency=AGENCY, today=AS_OF, done=lambda _more: None)
    assert checked.cases == len(cases) > FAMILIES
    assert checked.not_adding_up == []
    assert checked.rests == {case: D("100.00") for case in wrong["wrong-charge-missing"]}
    assert set(checked.differing) == {case for found in wrong.values() for case in found}
    for key, found in wrong.items():
        kinds = {kind.value for case in found for kind in checked.differing[case]}
        assert kinds == {it[0] for it in EXPECTED.get(key, ())} or kinds == {"compounded"}, key


def test_every_other_family_is_the_same_without_them(tmp_path: Path) -> None:
    for planted in (False, True):
        write_extract(
            tmp_path / str(planted),
            families=FEWEST_FAMILIES + 1,
            seed=1,
            as_of=AS_OF,
            sequence=1,
            agency=AGENCY,
            planted=planted,
        )
    for path in (tmp_path / "False").glob("*.csv"):
        assert (tmp_path / "True" / path.name).read_bytes().startswith(path.read_bytes())
