"""What every test may ask for. Objects are made by factories in ``tests/support``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask

from portal import create_app
from portal.context import Context, open_context
from portal.database import Database
from portal.settings import Settings, load_settings
from tests.support.clock import Clock
from tests.support.fresh import make_tables, share_compiled_templates, spare_the_disk
from tests.support.keys import TEST_KEY
from tests.support.page import Page
from tests.support.postgresql import postgresql_context, postgresql_server
from tests.support.require import all_is_due

# A busy machine is no failure: properties are held to what is true, never to how fast. Where all is
# due the examples are the same each time; elsewhere they are new ones.
hypothesis.settings.register_profile(
    "portal",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=all_is_due(),
)
hypothesis.settings.load_profile("portal")

__all__ = ["postgresql_context", "postgresql_server"]

share_compiled_templates()
spare_the_disk()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Test mode, an instance folder of its own, cheap password hashes."""
    return load_settings(
        {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": TEST_KEY},
        instance=tmp_path / "instance",
        argon2_memory_kib=64,
        argon2_time=1,
        address_limits=False,
    )


@pytest.fixture
def clock() -> Clock:
    """The clock of the app and of services: 22 November 2026, 10:00 in Boston."""
    return Clock()


@pytest.fixture
def context(settings: Settings, clock: Clock) -> Iterator[Context]:
    """A context over an empty database of the current shape and an empty record."""
    found = open_context(settings, clock)
    make_tables(found.database)
    yield found
    found.database.engine.dispose()


@pytest.fixture
def database(context: Context) -> Database:
    return context.database


@pytest.fixture
def app(context: Context) -> Flask:
    return create_app(context=context)


@pytest.fixture
def page(app: Flask) -> Page:
    """The one way tests fetch pages: every one of them is linted."""
    return Page(app)


@pytest.fixture
def other_page(app: Flask) -> Page:
    """A second browser."""
    return Page(app)
