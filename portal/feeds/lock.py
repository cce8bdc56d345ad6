"""One load, or one giving of positions, at a time (FED-2)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from portal.database import Database
from portal.feeds.errors import FeedRefused

LOCK_FILE = "feed.lock"
_ADVISORY = 7_311_406_121
"""Any number: the same in every process of this portal."""


@contextmanager
def one_at_a_time(database: Database) -> Iterator[None]:
    """Hold the feed's lock. It is the system's: a process that dies lets go of it.

    :raises FeedRefused: when another load holds it.
    """
    if database.is_sqlite:
        with _file_lock(database):
            yield
    else:
        with _advisory_lock(database):
            yield


def _refused() -> FeedRefused:
    return FeedRefused("Another load is running; try again when it has ended.")


@contextmanager
def _file_lock(database: Database) -> Iterator[None]:
    handle = os.open(database.folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _refused() from None
        yield
    finally:
        os.close(handle)


@contextmanager
def _advisory_lock(database: Database) -> Iterator[None]:
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        wanted = {"key": _ADVISORY}
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), wanted).scalar()
        if not taken:
            raise _refused()
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), wanted)
