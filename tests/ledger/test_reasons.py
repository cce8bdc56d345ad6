"""Why a payment is smaller: for each reason one of the demo's payments, and one that looks alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

import pytest

from portal.demo.extract import write_extract
from portal.demo.extract_people import Numbers, People
from portal.demo.extract_special import Maker
from portal.demo.extract_special_reasons import TELLINGS, Telling
from portal.feeds.load import load
from portal.ledger.case_view import open_cases
from portal.ledger.payments import Payment, payments_shown
from portal.ledger.reasons import smaller, why_smaller
from portal.rules.agency import load_agency
from portal.rules.reasons import ReasonKind, Smaller
from tests.cases.family import Family, new_family

AS_OF = date(2026, 11, 20)
TODAY = date(2026, 11, 22)
AGENCY = load_agency("massachusetts")


def tellings(as_of: date = AS_OF) -> list[Telling]:
    """The families' days; who is in them is another matter."""
    return [tell(Maker(People(Random(1), Numbers(), as_of), as_of, AGENCY)) for tell in TELLINGS]


TOLD = {it.kind: it for it in tellings()}


@dataclass(frozen=True)
class Demo:
    """The families, loaded, and who is who in them."""

    family: Family
    people: dict[str, str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("reasons")
    personas = write_extract(
        folder / "extract",
        families=0,
        seed=1,
        as_of=AS_OF,
        sequence=1,
        agency=AGENCY,
        reasons=True,
    )
    family = new_family(folder)
    load(family.context, folder / "extract")
    yield Demo(family, {it.key: it.participant_id for it in personas})
    family.context.database.engine.dispose()


def key_of(kind: ReasonKind) -> str:
    return f"why-{kind.value.replace('_', '-')}"


def wages_of(payments: tuple[Payment, ...], day: date) -> Payment:
    """The payment of a day that comes regularly, not one on its own of the same day."""
    found = [
        it
        for it in payments
        if it.received_on == day and it.copied_source in ("employer", "income_withholding",
                                                           "other_parent", "check_or_money_order")
    ]  # fmt: skip
    return found[0]


def found_on(demo: Demo, person: str, day: date) -> Smaller | None:
    with demo.family.context.database.session() as session:
        view = open_cases(session, demo.people[person], agency=AGENCY, today=TODAY)[0]
        payments = payments_shown(session, view)
        payment = wages_of(payments, day)
        found = smaller(session, view, payment, payments)
        assert why_smaller(session, view, payment) == (found.reasons if found else ())
        return found


@pytest.mark.parametrize("kind", list(ReasonKind))
def test_each_reason_alone_where_it_is_true(demo: Demo, kind: ReasonKind) -> None:
    found = found_on(demo, key_of(kind), TOLD[kind].true_on)
    assert found is not None
    assert [it.kind for it in found.reasons] == [kind]
    assert found.by == found.reasons[0].amount > 1


@pytest.mark.parametrize("kind", list(ReasonKind))
def test_not_for_the_payment_that_looks_alike(demo: Demo, kind: ReasonKind) -> None:
    """It is smaller as well, and the reason is another one, alone."""
    found = found_on(demo, key_of(kind), TOLD[kind].alike_on)
    assert found is not None
    other = ReasonKind.RECOVERED if kind is ReasonKind.LESS_RECEIVED else ReasonKind.LESS_RECEIVED
    assert [it.kind for it in found.reasons] == [other]
    assert found.by > 1
