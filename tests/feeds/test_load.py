"""A sound extract is loaded whole."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from portal.context import Context
from portal.feeds.load import load
from portal.feeds.models import Load
from portal.record import models as record
from tests.support.extract import one_family, two_households, zip_extract


def test_a_full_extract_becomes_the_record(either: Context, tmp_path: Path) -> None:
    family = two_households()
    folder = family.builder.write(tmp_path / "extract", sequence=7)
    done = load(either, folder)
    assert (done.rejected, done.warnings, done.not_adding_up) == (0, 0, 0)
    with either.database.transaction(write=False) as session:
        loads = session.scalars(select(Load)).one()
        assert loads.sequence == 7
        assert loads.counts["payments"] == len(family.builder.rows["payments.csv"])
        payments = session.scalars(
            select(record.Payment).where(record.Payment.payment_id == family.fresh)
        ).all()
        assert [row.case_id for row in payments] == ["C1", "C2"]
        assert {row.amount for row in payments} == {Decimal("120.00")}
        assert session.scalars(select(record.Extract.as_of)).one() == family.builder.as_of


def test_a_zip_is_the_same_as_a_folder(either: Context, tmp_path: Path) -> None:
    folder = one_family().builder.write(tmp_path / "extract")
    load(either, zip_extract(folder, tmp_path / "extract.zip"))
    with either.database.transaction(write=False) as session:
        assert len(session.scalars(select(record.Participant)).all()) == 3
