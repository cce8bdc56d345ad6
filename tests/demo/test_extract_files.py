"""Writing an extract's files, and the ready families that other tests load."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest

from portal.demo.extract_files import COLUMNS, ExtractWriter, measure, write_manifest
from tests.support.extract import one_family, two_households


def test_rows_are_counted_hashed_and_spelt_as_the_contract_says(tmp_path: Path) -> None:
    with ExtractWriter(tmp_path) as writer:
        writer.write(
            "balances.csv", {"case_id": "C1", "as_of": date(2026, 11, 20), "amount": D("-3")}
        )
        writer.write("cases.csv", {"case_id": "C,1", "public_assistance": True, "closed_on": None})
    assert (
        tmp_path / "balances.csv"
    ).read_text() == "case_id,as_of,category,owed_to,amount\nC1,2026-11-20,,,-3.00\n"
    assert (tmp_path / "cases.csv").read_text().splitlines()[1] == '"C,1",,,,,,,,1,,,,'
    assert set(writer.files) == set(COLUMNS)
    assert all(stated == measure(tmp_path / name) for name, stated in writer.files.items())


def test_an_unknown_column_is_refused(tmp_path: Path) -> None:
    with (
        ExtractWriter(tmp_path) as writer,
        pytest.raises(ValueError, match=r"cases\.csv has no column colour"),
    ):
        writer.write("cases.csv", {"case_id": "C1", "colour": "blue"})


def test_a_manifest_measures_what_is_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "removals.csv").write_bytes(b"\xef\xbb\xbftable,key\r\ncharges,H1\r\n")
    write_manifest(
        tmp_path, agency="MA", sequence=3, as_of=date(2026, 11, 20),
        created_at=datetime(2026, 11, 21, tzinfo=UTC), kind="delta",
    )  # fmt: skip
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["kind"] == "delta"
    assert manifest["files"]["removals.csv"]["rows"] == 1


def test_the_ready_families_add_up_by_hand() -> None:
    """C1: 1000.00 opening, 21 Fridays short by 20.00, less 500.00 and 45.00; C2: 21 short by 10.00,
    less 100.00 and a credit of 25.00, the bounced 20.00 not counted; and two Fridays of 100.00."""
    owed = two_households().builder.owed()
    assert owed["C1"] == {"arrears": D("875.00"), "interest": D("6.10"), "penalty": D("6.10")}
    assert owed["C2"] == {"arrears": D("85.00")}
    assert one_family().builder.owed()["C1"] == {"arrears": D("200.00")}
