"""Asking for a new PIN: ENU-1, REG-2."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.models import PinRequest
from portal.context import Context
from tests.support.accounts import add_person, bare_answer, mails
from tests.support.page import Page, Seen


@pytest.fixture(autouse=True)
def person(context: Context) -> None:
    add_person(context)


def ask(page: Page, ssn: str = "666 10 0001", birth_date: str = "04/12/1986") -> Seen:
    page.get("/new-pin")
    return page.submit("/new-pin", ssn=ssn, birth_date=birth_date)


def asked(context: Context) -> list[str]:
    with context.database.session() as session:
        return list(session.scalars(select(PinRequest.participant_id)))


def test_a_known_person_is_noted_for_the_export(page: Page, context: Context) -> None:
    assert ask(page).h1 == "We have your request"
    assert asked(context) == ["P"]
    assert mails(context) == []


def test_all_answers_are_alike(page: Page, context: Context) -> None:
    """ENU-1: known, unknown, and a known number with another birth date."""
    answers = [bare_answer(ask(page)), bare_answer(ask(page, ssn="666990000")),
               bare_answer(ask(page, birth_date="04/13/1986"))]  # fmt: skip
    assert answers[0] == answers[1] == answers[2]
    assert asked(context) == ["P"]


def test_three_a_day(page: Page, context: Context) -> None:
    """RAT-1: nobody floods an address with letters; the page stays the same."""
    assert {ask(page).h1 for _ in range(6)} == {"We have your request"}
    assert len(asked(context)) == 3


@pytest.mark.parametrize("typed", ["12345678", "1234567890", "abcdefghi", "１２３４５６７８９", ""])
def test_a_number_of_another_shape_is_named_at_its_field(page: Page, typed: str) -> None:
    assert "Social Security number" in ask(page, ssn=typed).errors
