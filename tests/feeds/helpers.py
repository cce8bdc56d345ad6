"""What the tests of the feed share."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from portal.accounts.safety_marks import SafetyMark
from portal.context import Context
from portal.database import CurrentRecord, RecordBase
from portal.feeds.load import Loaded, load
from portal.feeds.models import Load
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


def fingerprint(context: Context) -> list[object]:
    """Everything a refusal must leave as it was: the loads, the pointer, the record's rows."""
    found: list[object] = []
    with context.database.transaction(write=False) as session:
        found.append(session.execute(select(CurrentRecord.name)).scalars().all())
        found.append(session.execute(select(Load.sequence, Load.manifest_sha256)).all())
        found.append(session.execute(select(SafetyMark.participant_id, SafetyMark.marked)).all())
        found += [
            sorted(map(repr, session.execute(select(table))))
            for table in RecordBase.metadata.sorted_tables
        ]
    if context.database.is_sqlite:
        found.append(sorted(path.name for path in context.database.folder.glob("record_*")))
    return found


def rewrite_manifest(folder: Path) -> None:
    """Make the manifest agree with the files, whatever they hold now."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    for name, entry in manifest["files"].items():
        data = (folder / name).read_bytes()
        entry["sha256"] = hashlib.sha256(data).hexdigest()
        with contextlib.suppress(csv.Error):
            text = data.decode("utf-8", "replace").replace("\0", "")
            entry["rows"] = max(len(list(csv.reader(io.StringIO(text, newline="")))) - 1, 0)
    path.write_text(json.dumps(manifest))
