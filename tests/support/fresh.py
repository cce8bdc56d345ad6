"""What every test begins with, made once a process: tables with an empty record, and templates
compiled. Making them anew takes longer than most tests; so does waiting for the disk."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Connection, Engine, event

import portal.models  # noqa: F401  (names every table)
from portal.context import Context
from portal.database import Base, Database
from portal.record.current import EMPTY, ensure_record

Made = TypeVar("Made")
_kept: dict[frozenset[str], tuple[bytes, bytes]] = {}
"""The files of a new installation, by the tables that are known."""
_begun: dict[tuple[str, str, datetime, frozenset[str]], tuple[object, dict[str, bytes]]] = {}
"""What was made of a new installation, and all its files then."""


class _Compiled(BytecodeCache):
    """Templates compiled for one app serve the next; Jinja compares name, file and source."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self._code.get(bucket.key):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


def share_compiled_templates() -> None:
    """For all apps of this process."""
    Flask.jinja_options = {"bytecode_cache": _Compiled()}


def spare_the_disk() -> None:
    """Commits of this process wait for no disk: only a power failure could tell the difference.

    Processes that tests start, and kill, wait as they do in the agency's house.
    """
    if not event.contains(Engine, "begin", _wait_for_nothing):
        event.listen(Engine, "begin", _wait_for_nothing)


def _wait_for_nothing(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


def make_tables(database: Database) -> None:
    """Every table of the current shape and an empty record, in a database that has none."""
    known = frozenset(Base.metadata.tables)
    if not database.is_sqlite or known not in _kept:
        Base.metadata.create_all(database.engine)
        ensure_record(database)
        if database.is_sqlite:
            database.engine.dispose()  # the last one out brings everything into the one file
            ours, record = _files(database)
            assert not ours.with_name(f"{ours.name}-wal").exists()
            _kept[known] = ours.read_bytes(), record.read_bytes()
        return
    for path, data in zip(_files(database), _kept[known], strict=True):
        with path.open("xb") as file:
            file.write(data)


def begin_with(name: str, context: Context, make: Callable[[], Made]) -> Made:
    """What ``make`` gives, and what it leaves behind: done once, then copied.

    Really done wherever something was written before, and on PostgreSQL.
    """
    folder, database = context.settings.instance, context.database
    if not database.is_sqlite or not _is_untouched(database):
        return make()
    tables = frozenset(Base.metadata.tables)
    values = repr(
        dataclasses.astuple(context.settings)
    )  # the keys too, which its own words leave out
    key = (name, values.replace(str(folder), ""), context.now(), tables)
    if key not in _begun:
        made = make()
        database.engine.dispose()
        files = (it for it in folder.rglob("*") if it.is_file() and it.suffix != ".db-shm")
        _begun[key] = made, {str(it.relative_to(folder)): it.read_bytes() for it in files}
        return copy.deepcopy(made)
    database.engine.dispose()
    found, kept = _begun[key]
    for path, data in kept.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return copy.deepcopy(found)  # type: ignore[return-value]


def _is_untouched(database: Database) -> bool:
    """Whether it is as `make_tables` left it."""
    kept = _kept.get(frozenset(Base.metadata.tables))
    ours, record = _files(database)
    log = ours.with_name(f"{ours.name}-wal")
    if kept is None or not record.exists() or (log.exists() and log.stat().st_size):
        return False
    return kept == (ours.read_bytes(), record.read_bytes())


def _files(database: Database) -> tuple[Path, Path]:
    return Path(str(database.url.database)), database.record_path(EMPTY)
