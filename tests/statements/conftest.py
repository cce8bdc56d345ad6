"""Families that are loaded, for statements."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.context import Context
from tests.cases.family import Family
from tests.support.extract import one_family, two_households


@pytest.fixture
def family(context: Context, tmp_path: Path) -> Family:
    """Payor P and custodial parent A, $100.00 a week, two weeks behind."""
    found = Family(context, tmp_path)
    found.load(one_family().builder)
    return found


@pytest.fixture
def households(context: Context, tmp_path: Path) -> Family:
    """Payor P with A (marked, case C1) and B (case C2), and a stranger S."""
    builder = two_households().builder
    builder.participant("S", first_name="Sam", last_name="Stranger")
    builder.case("C9")
    builder.member("C9", "S", "custodial")
    found = Family(context, tmp_path)
    found.load(builder)
    return found
