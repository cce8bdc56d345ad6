"""A delta: removals first, then upserts, then the checks on the result."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.feeds.errors import FeedRefused
from portal.feeds.load import load
from portal.record import models as record
from tests.feeds.helpers import delta, findings, loaded_families, one


def test_an_upsert_replaces_a_row_and_leaves_the_others(either: Context, tmp_path: Path) -> None:
    loaded_families(either, tmp_path)
    change = delta()
    change.case("C1", office="Worcester", caseworker_name="R. Diaz")
    load(either, change.write(tmp_path / "d", sequence=2, kind="delta"))
    with either.database.transaction(write=False) as session:
        assert session.get_one(record.Case, "C1").office == "Worcester"
        assert session.get_one(record.Case, "C2").office is None
        assert session.scalars(select(record.Extract.kind)).one() == "delta"


def test_a_payment_can_be_split_anew_over_its_cases(either: Context, tmp_path: Path) -> None:
    family = loaded_families(either, tmp_path)
    change = delta()
    change.removal("allocations", f"{family.fresh}|C2|current_support")
    change.allocation(family.fresh, "C1", "current_support", "120.00")
    assert load(either, change.write(tmp_path / "d", sequence=2, kind="delta")).rejected == 0
    with either.database.transaction(write=False) as session:
        payments = session.scalars(
            select(record.Payment).where(record.Payment.payment_id == family.fresh)
        ).all()
        assert [(row.case_id, row.amount) for row in payments] == [("C1", Decimal("120.00"))]


def test_a_rejected_row_leaves_its_old_version(either: Context, tmp_path: Path) -> None:
    family = loaded_families(either, tmp_path)
    before = one(either, record.Payment, payment_id=family.fresh, case_id="C1")
    change = delta()
    change.payment("P", "2026-11-18", "10.0", {}, payment_id=family.fresh)
    change.allocation(family.fresh, "C1", "current_support", "10.00")
    change.removal("allocations", f"{family.fresh}|C2|current_support")
    folder = change.write(tmp_path / "d", sequence=2, kind="delta")
    done = load(either, folder, max_rejects=10)
    assert done.rejected == 3
    assert {(row["file"], row["severity"]) for row in findings(done)} == {
        ("payments.csv", "rejected"),
        ("allocations.csv", "rejected"),
        ("removals.csv", "rejected"),
    }
    after = one(either, record.Payment, payment_id=family.fresh, case_id="C1")
    assert (after.amount, after.reference) == (before.amount, before.reference)
    assert one(either, record.Allocation, payment_id=family.fresh, case_id="C2").amount


def test_the_removal_of_what_others_use_is_refused(either: Context, tmp_path: Path) -> None:
    family = loaded_families(either, tmp_path)
    for table, key in (("participants", "P"), ("cases", "C1"), ("payments", family.fresh)):
        change = delta()
        change.removal(table, key)
        folder = change.write(tmp_path / f"d-{table}", sequence=2, kind="delta")
        with pytest.raises(FeedRefused, match=f"removals.csv, line 2: {table} {key} is still used"):
            load(either, folder)


def test_a_removal_of_what_is_not_there_is_a_warning(either: Context, tmp_path: Path) -> None:
    loaded_families(either, tmp_path)
    change = delta()
    change.removal("notices", "NOWHERE")
    change.removal("members", "C1|NOBODY|child|2021-01-04")
    done = load(either, change.write(tmp_path / "d", sequence=2, kind="delta"))
    assert (done.rejected, done.warnings) == (0, 2)


def test_an_unreadable_removal_is_rejected(either: Context, tmp_path: Path) -> None:
    loaded_families(either, tmp_path)
    change = delta()
    change.removal("people", "P")
    change.removal("members", "C1|P")
    folder = change.write(tmp_path / "d", sequence=2, kind="delta")
    assert load(either, folder, max_rejects=2).rejected == 2


def test_a_delta_must_be_the_next(either: Context, tmp_path: Path) -> None:
    change = delta()
    change.case("C1")
    with pytest.raises(FeedRefused, match="needs a full extract"):
        load(either, change.write(tmp_path / "d0", sequence=2, kind="delta"))
    loaded_families(either, tmp_path)
    with pytest.raises(FeedRefused, match="A delta must follow sequence 1 with 2, not 3"):
        load(either, change.write(tmp_path / "d3", sequence=3, kind="delta"))


def test_a_case_can_be_removed_with_all_that_is_its_own(either: Context, tmp_path: Path) -> None:
    family = loaded_families(either, tmp_path)
    rows = family.builder.rows
    change = delta()
    change.removal("cases", "C2")
    for name, keys in (
        ("members", ("case_id", "participant_id", "role", "since")),
        ("orders", ("order_id",)),
        ("charges", ("charge_id",)),
        ("balances", ("case_id", "category", "owed_to")),
        ("disbursements", ("disbursement_id",)),
        ("enforcement", ("action_id",)),
        ("notices", ("notice_id",)),
    ):
        for row in rows[f"{name}.csv"]:
            if row["case_id"] == "C2":
                change.removal(name, "|".join(row[key] for key in keys))
    touched = {row["payment_id"] for row in rows["allocations.csv"] if row["case_id"] == "C2"}
    for row in rows["payments.csv"]:
        if row["payment_id"] in touched:
            change.removal("payments", row["payment_id"])
    for row in rows["allocations.csv"]:
        if row["payment_id"] in touched:
            change.removal("allocations", f"{row['payment_id']}|{row['case_id']}|{row['category']}")
    for row in rows["disbursements.csv"]:
        if row["payment_id"] in touched and row["case_id"] != "C2":
            change.removal("disbursements", row["disbursement_id"])
    done = load(either, change.write(tmp_path / "d", sequence=2, kind="delta"))
    assert (done.rejected, done.warnings) == (0, 0)
    with either.database.transaction(write=False) as session:
        for model in (record.Case, record.Payment, record.Allocation, record.Disbursement):
            assert not session.scalars(select(model).where(model.case_id == "C2")).all()
        assert session.scalars(select(record.Case)).one().case_id == "C1"
