"""The families of whom one payment is smaller: beside all others, adding up, and no one's numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from portal.demo.extract import FEWEST_FAMILIES, write_extract
from portal.demo.extract_files import COLUMNS
from portal.rules.agency import load_agency
from portal.rules.reasons import ReasonKind
from tests.demo.test_extract import Made, nonzero, owed, shown

AGENCY = load_agency("massachusetts")


def make(folder: Path, as_of: date, **more: bool) -> Made:
    personas = write_extract(
        folder, families=FEWEST_FAMILIES, seed=1, as_of=as_of, sequence=7, agency=AGENCY, **more
    )
    return Made(folder, personas)


def test_every_other_family_stays_the_same(tmp_path: Path) -> None:
    """Byte for byte: whatever tests and visitors know of them is still true."""
    day = date(2026, 11, 20)
    without, with_them = make(tmp_path / "1", day), make(tmp_path / "2", day, reasons=True)
    for name in COLUMNS:
        before = (without.folder / name).read_bytes()
        after = (with_them.folder / name).read_bytes()
        assert after.startswith(before), name
    assert with_them.personas[: len(without.personas)] == without.personas


@pytest.mark.parametrize("as_of", [date(2026, 11, 20), date(2024, 2, 29), date(2026, 6, 1)])
def test_they_add_up_on_any_day(tmp_path: Path, as_of: date) -> None:
    made = make(tmp_path, as_of, reasons=True, planted=False)
    assert nonzero(owed(made, as_of.isoformat())) == nonzero(shown(made))


def test_there_is_one_for_each_reason_and_nobody_twice(tmp_path: Path) -> None:
    made = make(tmp_path, date(2026, 11, 20), reasons=True, planted=True)
    keys = [it.key for it in made.personas]
    assert {f"why-{kind.value.replace('_', '-')}" for kind in ReasonKind} <= set(keys)
    assert len(set(keys)) == len(keys)
    numbers = [row["ssn"] for row in made.rows("participants") if row["ssn"]]
    assert len(set(numbers)) == len(numbers)
    assert {number[:3] for number in numbers} == {"666", "000"}
    for name in ("cases", "payments", "charges", "disbursements"):
        found = [next(iter(row.values())) for row in made.rows(name)]
        assert len(set(found)) == len(found), name
