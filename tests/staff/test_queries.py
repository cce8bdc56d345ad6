"""Lists of the staff's take as many questions to the database for many rows as for few."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask

from portal.accounts.models import Account
from portal.context import Context
from portal.requests.models import Submission
from portal.rules.vocabulary import RequestKind
from portal.security.permissions import StaffRole
from portal.staff import two_people
from portal.staff.models import ProtectedLocationGrant
from portal.staff.protected_location import REASON
from portal.staff.two_people import Action
from tests.requests.parents import Parents, signed_in
from tests.staff.case_letters import choose
from tests.staff.desk import desk, parents, sam
from tests.staff.queue_of import put, queries
from tests.support.accounts import TestAccount
from tests.support.letters import sent_letter
from tests.support.page import Page
from tests.support.staff import make_staff

__all__ = ["desk", "parents", "sam"]


@pytest.fixture
def lee(page: Page, context: Context, parents: Parents) -> Page:
    """A supervisor's browser."""
    return signed_in(page, make_staff(context, StaffRole.SUPERVISOR, name="Lee Head"))


def test_letters_of_a_case(
    app: Flask, desk: Page, context: Context, sam: TestAccount, parents: Parents
) -> None:
    counted = []
    for more in (1, 4):
        for _ in range(more):
            sent_letter(app, context, sam, case_id="C1")
        counted.append(queries(context, desk, choose(desk, "sent").path))
    assert counted[0] == counted[1]


def test_what_waits_for_a_second_person(
    lee: Page, context: Context, sam: TestAccount, parents: Parents
) -> None:
    counted = []
    for more in (1, 3):
        with context.database.transaction() as session:
            asker = session.get_one(Account, sam.id)
            for subject in [("account", parents.payor.id), ("participant", "A")] * more:
                two_people.ask(session, context, asker, Action.REMOVE_FACTORS, subject, "Why.",
                               context.now())  # fmt: skip
        counted.append(queries(context, lee, "/staff/approvals"))
    assert counted[0] == counted[1]


def test_who_asked_to_see_an_address(
    lee: Page, context: Context, sam: TestAccount, parents: Parents
) -> None:
    counted = []
    for more in (1, 4):
        for _ in range(more):
            number = put(context, parents.marked.id, "A", cases=(),
                         kind=RequestKind.CHANGE_OF_ADDRESS)  # fmt: skip
            _ask(context, sam.id, number)
        counted.append(queries(context, lee, "/staff/protected-locations"))
        assert "Sam Field" in lee.get("/staff/protected-locations").words
    assert counted[0] == counted[1]


def _ask(context: Context, account_id: str, number: str) -> None:
    key = uuid.uuid4().hex
    with context.database.transaction() as session:
        about = session.query(Submission).filter_by(number=number).one()
        session.add(
            ProtectedLocationGrant(
                id=key, submission_id=about.id, account_id=account_id, asked_at=context.now(),
                reason=context.sealer.seal("Why.", REASON, key),
            )
        )  # fmt: skip
