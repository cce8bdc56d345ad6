"""The feed's tests run on SQLite, and those that take `either` on PostgreSQL as well."""

from __future__ import annotations

import pytest

from portal.context import Context


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either(request: pytest.FixtureRequest) -> Context:
    """A context on each kind of database."""
    name = "context" if request.param == "sqlite" else "postgresql_context"
    found: Context = request.getfixturevalue(name)
    return found
