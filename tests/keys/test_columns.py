"""The list of what is sealed names everything that is."""

from __future__ import annotations

from sqlalchemy import LargeBinary

import portal.models  # noqa: F401  (names every table)
from portal.database import Base, RecordBase
from portal.keys.columns import SEALED

PLAIN = {"passkeys.credential_id", "passkeys.public_key"}
"""Public parts of passkeys: bytes, but no secrets."""
BY_THEMSELVES = {"participants.private", "participants.ssn_lookup", "participants.pin_lookup"}
"""Moved by portal.keys.record."""


def columns(kind: str) -> set[str]:
    found = set()
    for metadata in (Base.metadata, RecordBase.metadata):
        for table in metadata.sorted_tables:
            for column in table.columns:
                sealed = isinstance(column.type, LargeBinary)
                if sealed if kind == "sealed" else column.name.endswith("lookup"):
                    found.add(f"{table.name}.{column.name}")
    return found - PLAIN - BY_THEMSELVES


def test_every_sealed_column_is_named() -> None:
    """KEY-3: a column that is forgotten here would be lost with the old key."""
    named = {f"{sealed.table.name}.{name}" for sealed in SEALED for name in sealed.places}
    assert named == columns("sealed")


def test_every_look_up_is_named() -> None:
    """KEY-3."""
    named = {f"{sealed.table.name}.{name}" for sealed in SEALED for name in sealed.lookups}
    assert named == columns("lookup")


def test_each_place_is_named_once() -> None:
    places = [place for sealed in SEALED for place in sealed.places.values()]
    assert len(set(places)) == len(places)
