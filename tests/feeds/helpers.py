"""What the tests of the feed share."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from portal.context import Context
from portal.database import RecordBase
from portal.feeds.load import Loaded, load
from tests.support.extract import ExtractBuilder, TwoHouseholds, two_households

Row = TypeVar("Row", bound=RecordBase)


def loaded_families(context: Context, folder: Path) -> TwoHouseholds:
    """The two households, loaded as sequence 1."""
    family = two_households()
    load(context, family.builder.write(folder / "first", sequence=1))
    return family


def delta() -> ExtractBuilder:
    """A builder with nothing in it."""
    return ExtractBuilder()


def one(context: Context, model: type[Row], **values: Any) -> Row:
    """The one row of the current record with these values."""
    with context.database.session() as session:
        return session.scalars(select(model).filter_by(**values)).one()


def findings(done: Loaded) -> list[dict[str, str]]:
    """What a load wrote down."""
    return read_findings(done.rejects_path) if done.rejects_path else []


def read_findings(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
