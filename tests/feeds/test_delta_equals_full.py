"""A delta onto the old record gives the very record that a full extract of the result gives."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from portal.context import Context
from portal.database import RecordBase
from portal.feeds.load import load
from portal.feeds.models import Load
from portal.feeds.schema import FILES
from tests.support.extract import ExtractBuilder, two_households

UNLIKE = {"private", "sequence", "kind"}
"""Sealed anew each time; and what tells the two extracts apart."""


def rows_of(context: Context) -> dict[str, list[tuple[object, ...]]]:
    with context.database.transaction(write=False) as session:
        return {
            table.name: sorted(
                (tuple(row) for row in session.execute(
                    select(*[column for column in table.columns if column.name not in UNLIKE])
                )),
                key=repr,
            )
            for table in RecordBase.metadata.sorted_tables
        }  # fmt: skip


def changed(builder: ExtractBuilder, chance: random.Random) -> ExtractBuilder:
    """The same agency some days later."""
    later = builder.copy()
    rows = later.rows
    for _ in range(3):
        payment_id = chance.choice(rows["payments.csv"])["payment_id"]
        what = chance.choice(("gone", "split", "moved", "reversed"))
        if what == "gone":
            for name in ("payments.csv", "allocations.csv", "disbursements.csv"):
                rows[name] = [row for row in rows[name] if row["payment_id"] != payment_id]
            continue
        payment = later.find("payments.csv", payment_id=payment_id)
        if what == "reversed":
            payment["reversed_on"] = "2026-11-20"
            continue
        rows["allocations.csv"] = [
            row for row in rows["allocations.csv"] if row["payment_id"] != payment_id
        ]
        if what == "moved":
            later.allocation(payment_id, "C2", "arrears", payment["amount"])
        else:
            payment["amount"] = "90.00"
            later.allocation(payment_id, "C1", "current_support", "50.00")
            later.allocation(payment_id, "C2", "fee", "40.00")
    del rows["notices.csv"][chance.randrange(len(rows["notices.csv"]))]
    del rows["charges.csv"][chance.randrange(len(rows["charges.csv"]))]
    chance.choice(rows["charges.csv"])["amount"] = "12.34"
    chance.choice(rows["participants.csv"])["language"] = "es"
    later.case("C9", office="Salem")
    later.member("C9", "P", "noncustodial")
    later.payment("P", "2026-11-19", "8.00", {("C9", "fee"): "3.00", ("C1", "arrears"): "5.00"})
    kept = rows["payments.csv"][0]["payment_id"]
    later.disbursement(kept, "C1", "2026-11-19", "1.00", payee="state", status="void")
    return later


def difference(old: ExtractBuilder, new: ExtractBuilder) -> ExtractBuilder:
    """A delta from one to the other."""
    found = ExtractBuilder()
    for file in FILES:
        name = file.filename
        before, after = (
            {"|".join(row[key] for key in file.key): row for row in builder.rows[name]}
            for builder in (old, new)
        )
        found.rows[name] = [row for key, row in after.items() if before.get(key) != row]
        for key in before.keys() - after.keys():
            found.removal(file.name, key)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_fed_1_a_delta_gives_what_a_full_extract_gives(
    context: Context, tmp_path: Path, seed: int
) -> None:
    delta_gives_what_full_gives(context, tmp_path, seed)


@pytest.mark.postgresql
def test_fed_1_and_so_it_does_on_postgresql(postgresql_context: Context, tmp_path: Path) -> None:
    delta_gives_what_full_gives(postgresql_context, tmp_path, 1)


def delta_gives_what_full_gives(context: Context, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    old = two_households().builder
    new = changed(old, chance)
    load(context, new.write(tmp_path / "full", sequence=1), accept_drop=True)
    expected = rows_of(context)
    with context.database.transaction() as session:
        session.execute(delete(Load))
    load(context, old.write(tmp_path / "old", sequence=2))
    folder = difference(old, new).write(tmp_path / "delta", sequence=3, kind="delta")
    assert load(context, folder).rejected == 0
    found = rows_of(context)
    for table, rows in expected.items():
        assert found[table] == rows, table
