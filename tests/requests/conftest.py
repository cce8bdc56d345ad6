"""The parents whose requests are tested: loaded once, and copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.context import Context
from tests.requests.parents import Parents, load_parents, signed_in
from tests.support.page import Page


@pytest.fixture
def parents(context: Context, tmp_path: Path) -> Parents:
    return load_parents(context, tmp_path)


@pytest.fixture
def payor(page: Page, parents: Parents) -> Page:
    """The payor's browser, signed in."""
    return signed_in(page, parents.payor)


@pytest.fixture
def marked(other_page: Page, parents: Parents) -> Page:
    """The browser of the parent with the safety mark."""
    return signed_in(other_page, parents.marked)
