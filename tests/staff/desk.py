"""Fixtures for the pages of a request: import what a test file needs of them."""

from __future__ import annotations

import pytest

from portal.context import Context
from tests.requests.conftest import parents
from tests.requests.parents import Parents, signed_in
from tests.staff.on_requests import Filed, caseworker, file_one, give
from tests.support.accounts import TestAccount
from tests.support.page import Page

__all__ = ["desk", "filed", "mine", "parents", "sam"]


@pytest.fixture
def filed(context: Context, parents: Parents) -> Filed:
    """A review of the payor's that nobody has."""
    return file_one(context, parents.payor)


@pytest.fixture
def sam(context: Context, parents: Parents) -> TestAccount:
    """A caseworker."""
    return caseworker(context)


@pytest.fixture
def mine(context: Context, filed: Filed, sam: TestAccount) -> Filed:
    """The review, taken by the caseworker."""
    give(context, filed, sam)
    return filed


@pytest.fixture
def desk(page: Page, sam: TestAccount) -> Page:
    """The caseworker's browser, signed in."""
    return signed_in(page, sam)
