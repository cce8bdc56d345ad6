"""The same on PostgreSQL: one entry of twenty posts at one moment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.context import Context
from portal.own_records.entry import How, Payment
from portal.own_records.keep_entries import add_all, add_entry, remove_entry
from portal.own_records.models import OwnRecord
from portal.own_records.read_log import find_record, record_token
from tests.requests.parents import load_parents
from tests.support.postgresql import postgresql_context, postgresql_server
from tests.support.race import race

pytestmark = pytest.mark.postgresql

__all__ = ["postgresql_context", "postgresql_server"]

PAID = Payment(date(2026, 11, 6), Decimal("77.00"), How.CASH, "note")


@pytest.fixture
def context(postgresql_context: Context) -> Context:
    return postgresql_context


def payor_of(session: Session) -> Account:
    return session.query(Account).filter_by(participant_id="P").one()


def test_twenty_at_one_moment(context: Context, tmp_path: Path) -> None:
    """CON-1"""
    load_parents(context, tmp_path)
    now = context.now()

    def add(session: Session) -> str:
        row, _new = add_entry(session, context.sealer, payor_of(session), "C1", PAID, "w", now)
        return row.id

    assert len(set(race(context, add))) == 1
    with context.database.session() as session:
        assert session.query(OwnRecord).count() == 1


def test_a_file_kept_twenty_times_at_one_moment(context: Context, tmp_path: Path) -> None:
    """CON-1: all of it once."""
    load_parents(context, tmp_path)
    now = context.now()
    rows = [PAID, PAID, Payment(date(2026, 10, 6), Decimal("1.00"), How.OTHER)]

    def keep(session: Session) -> int:
        return add_all(session, context.sealer, payor_of(session), "C1", rows, "w", now)

    assert set(race(context, keep)) == {3}
    with context.database.session() as session:
        assert session.query(OwnRecord).count() == 3


def test_taken_out_twenty_times_at_one_moment(context: Context, tmp_path: Path) -> None:
    load_parents(context, tmp_path)
    now = context.now()
    with context.database.transaction() as session:
        payor = payor_of(session)
        row, _new = add_entry(session, context.sealer, payor, "C1", PAID, "w", now)
        token = record_token(context.opaque, payor.id, row.id)

    def remove(session: Session) -> bool:
        payor = payor_of(session)
        try:
            row = find_record(session, context.opaque, payor.id, "C1", token, lock=True)
        except LookupError:
            return False
        remove_entry(session, payor, row, now)
        return True

    assert sum(race(context, remove)) == 1
    with context.database.session() as session:
        assert session.query(OwnRecord).count() == 0
