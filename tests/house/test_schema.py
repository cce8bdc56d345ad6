"""Migrations: what they make is what the models say, and they go down again with data in place."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from portal import migrate
from portal.audit.trail import record_event
from portal.context import Context, open_context
from portal.database import Database
from portal.notices.letter_models import LetterRead, PortalLetter
from portal.settings import Settings
from tests.requests.parents import load_parents
from tests.support.clock import Clock


@pytest.fixture
def migrated(settings: Settings, clock: Clock) -> Context:
    context = open_context(settings, clock)
    migrate.upgrade(context.database)
    return context


@pytest.fixture
def migrated_postgresql(postgresql_server: str, settings: Settings, clock: Clock) -> Context:
    name = f"schema_{uuid.uuid4().hex[:12]}"
    server = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    url = server.set(database=name).render_as_string(hide_password=False)
    context = open_context(dataclasses.replace(settings, database_url=url), clock)
    migrate.upgrade(context.database)
    return context


def differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        return migrate.differences(connection)


def test_the_migrations_make_what_the_models_say(migrated: Context) -> None:
    assert differences(migrated.database) == []


@pytest.mark.postgresql
def test_the_same_on_postgresql(migrated_postgresql: Context) -> None:
    assert differences(migrated_postgresql.database) == []
    migrated_postgresql.database.engine.dispose()


@pytest.mark.parametrize(
    "fixture", ["migrated", pytest.param("migrated_postgresql", marks=pytest.mark.postgresql)]
)
def test_a_migrated_trail_is_append_only(fixture: str, request: pytest.FixtureRequest) -> None:
    """AUD-2: the guards come with the migration, not only with a test's tables."""
    context: Context = request.getfixturevalue(fixture)
    with context.database.transaction() as session:
        record_event(session, "test:event:written", now=context.now())
    for change in ("UPDATE audit_events SET name = 'x'", "DELETE FROM audit_events"):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            context.database.transaction() as session,
        ):
            session.execute(text(change))
    context.database.engine.dispose()


@pytest.mark.parametrize(
    "fixture", ["migrated", pytest.param("migrated_postgresql", marks=pytest.mark.postgresql)]
)
def test_migrated_letters_are_append_only(fixture: str, request: pytest.FixtureRequest) -> None:
    """AUD-2: on both databases; only what is sealed may be sealed anew (KEY-3)."""
    context: Context = request.getfixturevalue(fixture)
    day = date(2026, 11, 22)
    with context.database.transaction() as session:
        session.add(
            PortalLetter(id="x", kind="k", participant_id="P", language="en", dated_on=day,
                         written_by="w", at=context.now(), sha256="s", pdf=b"p", words=b"w")
        )  # fmt: skip
        session.flush()
        session.add(LetterRead(letter_id="x", at=context.now()))
    for change in (
        "UPDATE portal_letters SET sha256 = 'y'",
        "UPDATE portal_letters SET kind = 'y', pdf = pdf",
        "DELETE FROM letter_reads",
        "UPDATE letter_reads SET at = at",
        "DELETE FROM portal_letters",
    ):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            context.database.transaction() as session,
        ):
            session.execute(text(change))
    with context.database.transaction() as session:
        session.execute(text("UPDATE portal_letters SET pdf = words, words = pdf"))
    context.database.engine.dispose()


@pytest.mark.parametrize(
    "fixture", ["migrated", pytest.param("migrated_postgresql", marks=pytest.mark.postgresql)]
)
def test_down_and_up_again_with_data(
    fixture: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    context: Context = request.getfixturevalue(fixture)
    load_parents(context, tmp_path)
    migrate.downgrade(context.database, "base")
    assert set(inspect(context.database.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(context.database)
    assert differences(context.database) == []
    context.database.engine.dispose()


def test_upgrading_twice_changes_nothing(migrated: Context) -> None:
    migrate.upgrade(migrated.database)
    assert differences(migrated.database) == []
