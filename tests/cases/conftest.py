"""Families, loaded, for tests that look at pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.context import Context
from tests.cases.family import Family, new_family
from tests.support.extract import two_households


@pytest.fixture
def family(context: Context, tmp_path: Path) -> Family:
    """Nothing loaded yet."""
    return Family(context, tmp_path)


@pytest.fixture(scope="session")
def households(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Family]:
    """Payor P, custodial parents A (case C1) and B (case C2), and a stranger S (case C9).

    Loaded once, only to be read.
    """
    family = new_family(tmp_path_factory.mktemp("households"))
    builder = two_households().builder
    builder.participant("S", first_name="Sam", last_name="Stranger")
    builder.case("C9")
    builder.member("C9", "S", "custodial")
    family.load(builder)
    yield family
    family.context.database.engine.dispose()
