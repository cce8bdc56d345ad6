"""Making a record: an empty one to begin with, and the tables of the next one for a load."""

from __future__ import annotations

import os
import sqlite3

from sqlalchemy import Connection, create_engine, event, select, text
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateSchema

from portal.database import CurrentRecord, Database, RecordBase, check_record_name
from portal.record import models as models

EMPTY = "record_0"


def current_name(session: Session) -> str | None:
    """The name of the record that is current, or None before the first migration's end."""
    return session.execute(select(CurrentRecord.name).where(CurrentRecord.id == 1)).scalar()


def switch_to(session: Session, name: str) -> None:
    """Make ``name`` the current record when this transaction commits."""
    row = session.get(CurrentRecord, 1)
    if row is None:
        session.add(CurrentRecord(id=1, name=check_record_name(name)))
    else:
        row.name = check_record_name(name)
    session.flush()


def create_tables(connection: Connection) -> None:
    """Create the record's tables, empty, in the schema that ``record`` stands for."""
    RecordBase.metadata.create_all(connection)


def ensure_record(database: Database) -> None:
    """Give a new installation an empty record, so that every page works before the first load."""
    with database.transaction() as session:
        if current_name(session) is not None:
            return
        if database.is_sqlite:
            create_sqlite_record(database, EMPTY)
        else:
            connection = session.connection()
            connection.execute(CreateSchema(EMPTY, if_not_exists=True))
            mapped = connection.execution_options(schema_translate_map={"record": EMPTY})
            create_tables(mapped)
        switch_to(session, EMPTY)


def create_sqlite_record(database: Database, name: str) -> None:
    """Write an empty record file of that name and bring it safely to disk."""
    path = database.record_path(name)
    path.unlink(missing_ok=True)
    building = create_engine("sqlite://", connect_args={"isolation_level": None})

    @event.listens_for(building, "connect")
    def attach(raw: sqlite3.Connection, _record: object) -> None:
        raw.execute("ATTACH DATABASE ? AS record", (str(path),))

    with building.begin() as connection:
        create_tables(connection)
    building.dispose()
    fsync(path)


def fsync(path: os.PathLike[str]) -> None:
    """Bring a file and its folder entry safely to disk."""
    for name in (path, os.path.dirname(path)):
        handle = os.open(name, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def drop_postgresql_record(connection: Connection, name: str) -> None:
    """Drop the schema of a record that is no longer current."""
    connection.execute(text(f'DROP SCHEMA IF EXISTS "{check_record_name(name)}" CASCADE'))
