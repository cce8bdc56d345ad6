"""The page of a request: the parent's side beside the record's, and who may see it."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.context import Context
from portal.staff.models import RecordOpening, StaffParty
from tests.requests.conftest import loaded, parents
from tests.requests.parents import Parents, send_address, signed_in
from tests.staff.on_requests import Filed, caseworker, file_one, give, trail
from tests.support.accounts import TestAccount
from tests.support.clock import Clock
from tests.support.page import Page

__all__ = ["loaded", "parents"]


@pytest.fixture
def filed(context: Context, parents: Parents) -> Filed:
    return file_one(context, parents.payor)


@pytest.fixture
def sam(context: Context, parents: Parents) -> TestAccount:
    return caseworker(context)


@pytest.fixture
def desk(page: Page, sam: TestAccount) -> Page:
    return signed_in(page, sam)


def test_it_shows_both_sides(desk: Page, filed: Filed) -> None:
    seen = desk.get(f"/staff/requests/{filed.number}")
    print("WORDS", seen.words)
    assert seen.status == 200, seen.words
    for words in (
        "Jordan Pike", "My employer took it from my pay.", "Payments I made are missing",
        "in our record", "another amount", "not in our record", "new enforcement paused",
        "Notice of delinquency dated November 10, 2026", "October 2026", "Nobody yet",
    ):  # fmt: skip
        assert words in seen.words, words


def test_claims_stand_against_the_record_with_the_difference(desk: Page, filed: Filed) -> None:
    """120.00 is there; of 60.00 there is 45.00; 75.00 is not: 90.00 are missing."""
    seen = desk.get(f"/staff/requests/{filed.number}")
    for words in ("$255.00 $165.00 $90.00", "$15.00", "$75.00"):
        assert words in seen.words, words
