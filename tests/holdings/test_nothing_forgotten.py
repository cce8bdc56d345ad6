"""Every column of the database is told to the person it is about, or kept back for a reason."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import MetaData

import portal.models  # noqa: F401  (names every table)
from portal.database import Base, RecordBase
from portal.holdings.gather import FORMAT, ROOMS
from portal.settings import PROJECT
from portal.web.holdings import Part, Why, parts
from tests.holdings.kept_back import TABLES

DOCS = PROJECT / "docs" / "everything-we-hold.md"


def columns_of(metadata: MetaData) -> set[str]:
    return {f"{table.name}.{it.name}" for table in metadata.tables.values() for it in table.columns}


def test_every_column_is_told_or_kept_back_for_a_reason() -> None:
    """PRV-1: a new table or column fails here: say in its room's `holdings.py` what becomes of it."""
    everywhere = columns_of(Base.metadata) | columns_of(RecordBase.metadata)
    told = {column for part in parts() for column in part.told}
    back = {column for part in parts() for column in part.kept_back}
    others = {column for column in everywhere if column.partition(".")[0] in TABLES}
    assert sorted(everywhere - told - back - others) == [], "neither told nor kept back"
    assert sorted((told | back) - everywhere) == [], "no such column"
    assert sorted((told | back) & others) == [], "told, and kept back with its whole table"
    tables = {column.partition(".")[0] for column in everywhere}
    assert sorted(set(TABLES) - tables) == [], "no such table"


def test_what_is_told_is_not_also_kept_back() -> None:
    both = [(part.name, column) for part in parts() for column in part.told & set(part.kept_back)]
    assert both == []
    told = {column for part in parts() for column in part.told}
    back = {column for part in parts() for column in part.kept_back}
    assert told & back == set()


def test_what_is_about_a_person_is_never_said_to_be_about_nobody() -> None:
    """A table that names an account or a person may be kept back, but not for that reason."""
    persons = ("account_id", "participant_id", "owner_id", "actor_id", "payor_id", "payee_id")
    for metadata in (Base.metadata, RecordBase.metadata):
        for table in metadata.tables.values():
            if any(column.name in persons for column in table.columns):
                assert TABLES.get(table.name) is not Why.NOBODY, table.name


def test_nothing_that_opens_anything_is_told() -> None:
    """KEY-2: no hash, seed, code, token or look-up, whatever a part may say of itself."""
    telling = ("hash", "lookup", "secret", "seed", "token", "pin", "code", "key", "state_of")
    told = {column for part in parts() for column in part.told}
    allowed = {"submissions.state", "card_codes.used_at", "recovery_codes.created_at",
               "recovery_codes.used_at", "text_codes.phone", "text_codes.created_at",
               "text_codes.ended_at", "pin_requests.at"}  # fmt: skip
    suspect = {
        column for column in told if any(it in column for it in telling) and "passkey" not in column
    }
    assert sorted(suspect - allowed) == []


def test_the_parts_stand_in_an_order_of_their_own() -> None:
    assert len(ROOMS) >= 8
    places = Counter(part.place for part in parts())
    assert [place for place, times in places.items() if times > 1] == []


@pytest.mark.parametrize("part", parts(), ids=lambda part: part.name)
def test_the_documentation_names_every_part(part: Part) -> None:
    assert f"\n| `{part.name}` |" in DOCS.read_text("utf-8")


def test_the_documentation_names_every_reason_and_the_format() -> None:
    text = DOCS.read_text("utf-8")
    assert [why for why in Why if why.value not in text] == []
    assert f'"{FORMAT["name"]}"' in text
