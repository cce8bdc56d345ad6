"""The database: two halves, one session, one commit.

Our own tables live in the main database. The agency's record is a schema called ``record`` that
only a load writes: on SQLite a file of its own, attached read-only, on PostgreSQL a schema of its
own. The one row of ``current_record`` names which file or schema is current, so a load builds the
next record beside the old one and switches by updating that row: readers see the old record or the
new one, never anything between (FED-1). Each transaction reads the name once, at its beginning.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Result,
    String,
    create_engine,
    event,
    make_url,
    select,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, SessionTransaction, mapped_column
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 15_000
_RECORD_NAME = re.compile(r"record_[0-9a-z_]{1,60}")
_NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Money(TypeDecorator[Decimal]):
    """Integer cents in the database, ``Decimal`` dollars with two places in Python."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        cents = value * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"Not a whole number of cents: {value}")
        return int(cents)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-2)


class UtcTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Our own tables: what parents and the portal write."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {Decimal: Money, datetime: UtcTime}


class RecordBase(DeclarativeBase):
    """The agency's record: written by a load, read by everyone else."""

    metadata = MetaData(schema="record")
    type_annotation_map = {Decimal: Money, datetime: UtcTime}


class CurrentRecord(Base):
    """Which record is current: one row, changed in the transaction that ends a load."""

    __tablename__ = "current_record"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(70))
    """``record_<sequence>_<…>``: the file (with ``.db``) beside the database, or the schema."""


class DatabaseUnavailable(Exception):
    """The database or the record it names cannot be opened."""


class Database:
    """The engine and its sessions, for SQLite and PostgreSQL alike."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.url.drivername in ("postgresql", "postgres"):
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._sqlite_engine() if self.is_sqlite else self._postgresql_engine()

    @property
    def folder(self) -> Path:
        """Where SQLite keeps the database and the record files.

        :raises ValueError: on PostgreSQL, which keeps the record in schemas.
        """
        if not self.is_sqlite or not self.url.database:
            raise ValueError("Only a SQLite file database has a folder.")
        return Path(self.url.database).resolve().parent

    def record_path(self, name: str) -> Path:
        """The file of one record on SQLite. :raises ValueError: on a name that is none of ours."""
        return self.folder / f"{check_record_name(name)}.db"

    def session(self, *, write: bool = False) -> Session:
        """A new session. With ``write`` its transaction takes the write lock at its beginning."""
        return Session(self.engine.execution_options(write=write) if write else self.engine)

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[Session]:
        """One edge that is not a request: commits at the end, rolls back on an exception."""
        with self.session(write=write) as session, session.begin():
            yield session

    def _sqlite_engine(self) -> Engine:
        if not self.url.database or self.url.database == ":memory:":
            raise DatabaseUnavailable("The portal needs a SQLite file, not a database in memory.")
        Path(self.url.database).resolve().parent.mkdir(parents=True, exist_ok=True)
        timeout = BUSY_TIMEOUT_MS / 1000
        connect_args = {"timeout": timeout, "isolation_level": None, "uri": True}
        # Parameters stay out of error messages: they may be personal data (LOG-1).
        engine = create_engine(self.url, connect_args=connect_args, hide_parameters=True)
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", self._sqlite_begin)
        return engine

    def _postgresql_engine(self) -> Engine:
        engine = create_engine(self.url, pool_pre_ping=True, hide_parameters=True)
        event.listen(Session, "after_begin", self._postgresql_begin)
        return engine

    def _sqlite_begin(self, connection: Connection) -> None:
        """Begin, and make sure that the record attached is the one this snapshot names."""
        raw = connection.connection.dbapi_connection
        assert raw is not None
        begin = "BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN"
        for _ in range(20):
            raw.execute(begin)
            name = _named_record(raw)
            if name is None or name == _attached_record(raw):
                return
            raw.execute("ROLLBACK")
            self._attach(raw, name)
        raise DatabaseUnavailable("The record keeps changing; it could not be attached.")

    def _attach(self, raw: Any, name: str) -> None:
        if _attached_record(raw) is not None:
            raw.execute("DETACH DATABASE record")
        path = self.record_path(name)
        try:
            raw.execute("ATTACH DATABASE ? AS record", (f"file:{path}?mode=ro&immutable=1",))
        except sqlite3.OperationalError as error:
            if path.exists():
                raise DatabaseUnavailable(f"The record {path.name} cannot be opened.") from error
            # A later load has taken the file away between our two looks: look again.

    def _postgresql_begin(
        self, session: Session, transaction: SessionTransaction, connection: Connection
    ) -> None:
        if connection.engine.url != self.url or transaction.nested:
            return
        name = connection.execute(_CURRENT).scalar() if _has_pointer(connection) else None
        if name is not None:
            schema = check_record_name(name)
            connection.execution_options(schema_translate_map={"record": schema})


_CURRENT = select(CurrentRecord.name).where(CurrentRecord.id == 1)


def _has_pointer(connection: Connection) -> bool:
    found = connection.execute(text("SELECT to_regclass('current_record') IS NOT NULL"))
    return bool(found.scalar())


def check_record_name(name: str) -> str:
    """``name``, when it is the name of a record. :raises ValueError: otherwise."""
    if not _RECORD_NAME.fullmatch(name):
        raise ValueError(f"Not the name of a record: {name!r}")
    return name


def rows_changed(result: Result[Any]) -> int:
    """How many rows an UPDATE or a DELETE reached: of several callers at once one is told 1."""
    assert isinstance(result, CursorResult)
    return result.rowcount


def begin_write(session: Session) -> None:
    """End a read-only phase and take the write lock: for views that read, work slowly, then write.

    What was loaded before is read anew when it is touched.
    """
    session.rollback()
    connection = session.connection(execution_options={"write": True})
    assert connection.in_transaction()


def _sqlite_connect(raw: Any, _record: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        raw.execute(f"PRAGMA {pragma}")


def _named_record(raw: Any) -> str | None:
    try:
        row = raw.execute("SELECT name FROM main.current_record WHERE id = 1").fetchone()
    except sqlite3.OperationalError:  # before the first migration
        return None
    return str(row[0]) if row else None


def _attached_record(raw: Any) -> str | None:
    for _, schema, path in raw.execute("PRAGMA database_list"):
        if schema == "record":
            return Path(path).stem
    return None
