"""What the tests of changing keys may ask for beside the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.context import Context
from tests.keys.installation import Installation, stock

BOTH = ["context", pytest.param("postgresql_context", marks=pytest.mark.postgresql)]


@pytest.fixture(params=BOTH)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    """Something in every table, all on the old key; on SQLite, then on PostgreSQL."""
    context: Context = request.getfixturevalue(request.param)
    return stock(context, tmp_path)


@pytest.fixture
def on_sqlite(context: Context, tmp_path: Path) -> Installation:
    """The same, on SQLite alone."""
    return stock(context, tmp_path)
