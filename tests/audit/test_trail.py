"""The trail: with its change or not at all, ids and codes only, never changed afterwards."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import Table, select, text
from sqlalchemy.exc import DBAPIError

from portal.audit.models import AUDIT_DDL, AUDIT_DDL_DOWN, AuditEvent
from portal.audit.origin import Origin, set_origin
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import CurrentRecord
from tests.support.clock import Clock


def events(context: Context) -> list[AuditEvent]:
    with context.database.session() as session:
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def test_a_row_says_who_what_when_to_what_and_how_it_ended(context: Context, clock: Clock) -> None:
    """AUD-1: date and time in UTC, real user, kind, outcome, origin, object."""
    set_origin(Origin("req-1", "k1.abc"))
    try:
        with context.database.transaction() as session:
            record_event(
                session,
                "account:password:changed",
                now=context.now(),
                actor_id="a" * 32,
                subject=("account", "a" * 32),
                outcome="refused",
                detail={"reason": "too_common", "tries": 3},
            )
    finally:
        set_origin(Origin())
    (found,) = events(context)
    assert (found.name, found.actor_id, found.outcome) == (
        "account:password:changed",
        "a" * 32,
        "refused",
    )
    assert (found.subject_kind, found.subject_id) == ("account", "a" * 32)
    assert (found.request_id, found.address) == ("req-1", "k1.abc")
    assert found.at == clock.moment
    assert found.detail == {"reason": "too_common", "tries": 3}


def test_a_change_that_fails_leaves_no_row_and_a_row_that_fails_no_change(context: Context) -> None:
    """AUD-3: both or neither."""

    def change(name: str, *, break_it: bool) -> None:
        with context.database.transaction() as session:
            session.add(CurrentRecord(id=7, name="record_7"))
            session.flush()
            record_event(session, name, now=context.now())
            if break_it:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        change("record:load:applied", break_it=True)
    with pytest.raises(ValueError, match="tag"):
        change("Not a tag", break_it=False)
    assert not events(context)
    with context.database.session() as session:
        assert session.get(CurrentRecord, 7) is None
    change("record:load:applied", break_it=False)
    assert len(events(context)) == 1


@pytest.mark.parametrize(
    "detail",
    [
        {"email": "ana@example.org"},
        {"note": "she moved to Elm Street"},
        {"Key": "x"},
        {"name": "García"},
        {"line": "one\ntwo"},
        {"long": "x" * 101},
    ],
)
def test_words_of_a_person_cannot_stand_in_the_trail(
    context: Context, detail: dict[str, str]
) -> None:
    """LOG-1: ids and codes only."""
    with (
        pytest.raises(ValueError, match="Only ids and codes"),
        context.database.transaction() as session,
    ):
        record_event(session, "case:page:seen", now=context.now(), detail=detail)


@pytest.mark.parametrize("name", ["", "one", "A:b", "a:", "a:b c", "a:b:c:d:e", "a:b\n"])
def test_a_tag_has_two_to_four_words(context: Context, name: str) -> None:
    with pytest.raises(ValueError, match="tag"), context.database.transaction() as session:
        record_event(session, name, now=context.now())


def test_a_moment_without_a_zone_is_refused(context: Context) -> None:
    with pytest.raises(Exception, match="time zone"), context.database.transaction() as session:
        record_event(session, "a:b", now=datetime(2026, 11, 22))


CHANGES = [
    "UPDATE audit_events SET name = 'x'",
    "UPDATE audit_events SET at = at WHERE id = 1",
    "DELETE FROM audit_events",
    "DELETE FROM audit_events WHERE id = 1",
]
REPLACE = (
    "INSERT OR REPLACE INTO audit_events (id, at, name, outcome, detail)"
    " VALUES (1, '2020-01-01', 'x:y', 'success', '{}')"
)


@pytest.mark.parametrize("statement", [*CHANGES, REPLACE])
def test_rows_cannot_be_changed_or_deleted_on_sqlite(context: Context, statement: str) -> None:
    """AUD-2: append-only, whatever statement tries."""
    with context.database.transaction() as session:
        record_event(session, "a:b", now=context.now())
    with pytest.raises(DBAPIError, match="append-only"), context.database.transaction() as session:
        session.execute(text(statement))
    assert [event.name for event in events(context)] == ["a:b"]


def test_ids_rise(context: Context) -> None:
    for number in range(3):
        with context.database.transaction() as session:
            record_event(session, "a:b", now=context.now(), detail={"n": number})
    assert [event.detail["n"] for event in events(context)] == [0, 1, 2]


@pytest.mark.postgresql
def test_rows_cannot_be_changed_deleted_or_truncated_on_postgresql(
    postgresql_context: Context,
) -> None:
    """AUD-2: the same on PostgreSQL; and the table goes and comes again with its guard."""
    table = AuditEvent.__table__
    assert isinstance(table, Table)
    with postgresql_context.database.engine.connect() as connection:
        for _ in range(2):
            row = {"at": postgresql_context.now(), "name": "a:b", "outcome": "success"}
            connection.execute(table.insert().values(**row, detail={}))
            connection.commit()
            for statement in [*CHANGES, "TRUNCATE audit_events"]:
                with pytest.raises(DBAPIError, match="append-only"):
                    connection.execute(text(statement))
                connection.rollback()
            assert connection.scalars(select(AuditEvent.name)).all() == ["a:b"]
            table.drop(connection)
            table.create(connection)


def test_the_guards_can_be_given_to_a_migration() -> None:
    assert set(AUDIT_DDL) == set(AUDIT_DDL_DOWN) == {"sqlite", "postgresql"}
    for statements in AUDIT_DDL.values():
        assert all(re.match("CREATE ", statement) for statement in statements)
