"""The database: exact money, moments in UTC, and a record that switches whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

from portal.database import Database, Money, UtcTime, begin_write, check_record_name
from portal.record.current import create_sqlite_record, current_name, switch_to
from portal.record.models import Case

DIALECT = sqlite.dialect()


def test_money_is_whole_cents() -> None:
    money = Money()
    assert money.process_bind_param(Decimal("-1234.50"), DIALECT) == -123450
    assert money.process_result_value(5, DIALECT) == Decimal("0.05")
    with pytest.raises(ValueError):
        money.process_bind_param(Decimal("0.001"), DIALECT)


def test_moments_are_aware_and_kept_as_utc() -> None:
    times = UtcTime()
    boston = datetime(2026, 11, 22, 10, 0, tzinfo=timezone(timedelta(hours=-5)))
    stored = times.process_bind_param(boston, DIALECT)
    assert stored == datetime(2026, 11, 22, 15, 0)
    assert times.process_result_value(stored, DIALECT) == datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    with pytest.raises(ValueError):
        times.process_bind_param(datetime(2026, 11, 22), DIALECT)


def add_case(database: Database, name: str, case_id: str) -> None:
    create_sqlite_record(database, name)
    import sqlite3

    with sqlite3.connect(database.record_path(name)) as raw:
        raw.execute(
            "INSERT INTO cases (case_id, service, status, opened_on, public_assistance,"
            " owed_to_state, overpayment_due) VALUES (?, 'full', 'open', '2020-01-01', 0, 0, 0)",
            (case_id,),
        )
    raw.close()


def test_readers_see_the_old_record_or_the_new_one(database: Database) -> None:
    """FED-1: a transaction keeps the record it began with; the next one has the new."""
    add_case(database, "record_1_a", "OLD")
    add_case(database, "record_2_b", "NEW")
    with database.transaction() as session:
        switch_to(session, "record_1_a")
    reader = database.session()
    assert reader.query(Case).one().case_id == "OLD"
    with database.transaction() as session:
        switch_to(session, "record_2_b")
        assert current_name(session) == "record_2_b"
    assert reader.query(Case).one().case_id == "OLD"
    reader.rollback()
    assert reader.query(Case).one().case_id == "NEW"
    reader.close()


def test_the_record_is_read_only_to_everyone_but_a_load(database: Database) -> None:
    with database.session(write=True) as session, pytest.raises(OperationalError):
        session.execute(text("DELETE FROM record.cases"))


def test_begin_write_ends_the_reading_and_takes_the_lock(database: Database) -> None:
    with database.session() as session:
        assert session.query(Case).count() == 0
        begin_write(session)
        assert session.connection().get_execution_options()["write"]
        assert session.query(Case).count() == 0


@pytest.mark.parametrize("name", ["portal", "record_1/../x", "record_1;drop", "", "record_"])
def test_only_names_of_records_are_opened(name: str) -> None:
    with pytest.raises(ValueError):
        check_record_name(name)
