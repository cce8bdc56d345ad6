"""The parents whose requests are tested: loaded once, and copied for each test."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest

from portal.context import Context, open_context
from portal.settings import load_settings
from tests.conftest import TEST_KEY
from tests.requests.parents import Parents, load_parents, signed_in
from tests.support.clock import Clock
from tests.support.fresh import make_tables
from tests.support.page import Page


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Parents]:
    """The folder of a database with the record and the accounts, and who they are."""
    folder = tmp_path_factory.mktemp("loaded")
    settings = load_settings(
        {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY},
        instance=folder,
        argon2_memory_kib=64,
        argon2_time=1,
    )
    context = open_context(settings, Clock())
    make_tables(context.database)
    parents = load_parents(context, tmp_path_factory.mktemp("extract"))
    context.database.engine.dispose()
    return folder, parents


@pytest.fixture
def parents(context: Context, loaded: tuple[Path, Parents]) -> Parents:
    folder, found = loaded
    context.database.engine.dispose()
    for path in context.settings.instance.glob("portal.db*"):
        path.unlink()
    for path in folder.glob("*.db"):
        shutil.copy(path, context.settings.instance / path.name)
    return copy.deepcopy(found)


@pytest.fixture
def payor(page: Page, parents: Parents) -> Page:
    """The payor's browser, signed in."""
    return signed_in(page, parents.payor)


@pytest.fixture
def marked(other_page: Page, parents: Parents) -> Page:
    """The browser of the parent with the safety mark."""
    return signed_in(other_page, parents.marked)
