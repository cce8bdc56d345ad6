"""An installation with something sealed in every table, and what is on which key in it."""

from __future__ import annotations

import dataclasses
import re
import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    insert,
    select,
)
from sqlalchemy.types import TypeDecorator

from portal.audit.seal import seal_events
from portal.context import Context, open_context
from portal.database import Base, RecordBase
from portal.keys.columns import SEALED, Sealed
from portal.requests.add_evidence import READY, StoredFile
from portal.requests.clean_upload import CleanedFile
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import EvidenceFile
from portal.requests.sealed import NAME
from portal.security import throttles
from portal.security.sealing import sealed_with
from tests.requests.parents import Parents, load_parents

NEW_KEY = ("t2", bytes(range(100, 132)))
ROWS = 3
FILE = b"the cleaned bytes of a file " * 50
STRANGER = "666999999"
"""A number that nobody in the record has."""


@dataclass
class Installation:
    """The same installation with the old key, with both, and with the new one alone."""

    old: Context
    both: Context
    new: Context
    parents: Parents


def stock(context: Context, folder: Path) -> Installation:
    """Parents with accounts, and rows in every sealed table."""
    parents = load_parents(context, folder)
    for sealed in SEALED:
        for number in range(ROWS):
            if sealed.model is EvidenceFile:
                add_file(context)
            else:
                add_row(context, sealed, number)
    with context.database.transaction() as session:
        for policy, subject in known_subjects(parents):
            throttles.look(session, context.keyring, policy, subject, context.now()).count(
                context.now()
            )
        for policy in (throttles.REGISTER_DAY, throttles.NEW_PIN):
            throttles.look(session, context.keyring, policy, STRANGER, context.now()).count(
                context.now()
            )
    seal_events(context, context.now())
    old_key = context.settings.secret_keys[0]
    return Installation(
        context, with_keys(context, NEW_KEY, old_key), with_keys(context, NEW_KEY), parents
    )


def with_keys(context: Context, *keys: tuple[str, bytes]) -> Context:
    """The same installation with other keys, newest first."""
    settings = dataclasses.replace(context.settings, secret_keys=keys)
    return open_context(settings, context.read_clock)


def known_subjects(parents: Parents) -> list[tuple[throttles.Policy, str]]:
    """Whom counters count for that can be told from what is known here."""
    ssn, pin = "666200001", "314159"
    return [
        (throttles.PASSWORD, parents.payor.email),
        (throttles.CODE, parents.payor.id),
        (throttles.HINT, parents.marked.id),
        (throttles.REGISTER_DAY, ssn),
        (throttles.REGISTER_PIN, f"{ssn}:{pin}"),
    ]


def add_file(context: Context) -> None:
    store = EvidenceStore(context.settings.evidence_url)
    stored = StoredFile(CleanedFile("stub.jpg", "image/jpeg", FILE), store, context.sealer)
    with context.database.transaction() as session:
        session.add(
            EvidenceFile(
                id=stored.id,
                account_id="a" * 32,
                name=context.sealer.seal("stub.jpg", NAME, stored.id),
                stored_as=stored.stored_as,
                sha256="0" * 64,
                size=len(FILE),
                media_type="image/jpeg",
                state=READY,
                added_at=context.now(),
            )
        )


def add_row(context: Context, sealed: Sealed, number: int) -> None:
    """A row of made-up values, sealed as the portal does."""
    table = sealed.table
    with context.database.transaction() as session:
        values: dict[str, Any] = {}
        for column in table.columns:
            if column.foreign_keys:
                (foreign,) = column.foreign_keys
                values[column.name] = session.scalar(select(foreign.column).limit(1))
            elif column.name not in sealed.places and column.name not in sealed.lookups:
                values[column.name] = _value(column, number)
        texts: dict[str, str | None] = {name: words(name, number) for name in sealed.places}
        for name, place in sealed.places.items():
            text, bound_to = texts[name], str(values[sealed.bound_to])
            assert text is not None
            values[name] = context.sealer.seal(text, place, bound_to)
        for name, (purpose, value_of) in sealed.lookups.items():
            value = value_of(texts)
            assert value is not None
            values[name] = context.keyring.lookup(purpose, value)
        session.execute(insert(table).values(values))


def words(column: str, number: int) -> str:
    """What is sealed in a column."""
    if column == "fields":
        return '{"path": "/a", "fields": []}'
    return f"{column}{number}-{uuid.uuid4().hex}@example.org"


def _value(column: Any, number: int) -> Any:
    kind = column.type
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, DateTime):
        from tests.support.clock import Clock

        return None if column.nullable else Clock()()
    if isinstance(kind, LargeBinary):
        return uuid.uuid4().bytes
    if column.nullable:
        return None
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return number + 1000
    if isinstance(kind, Date):
        return date(2026, 11, 22)
    if isinstance(kind, JSON):
        return []
    return uuid.uuid4().hex[: kind.length]


NOT_MOVED = {"audit_events.address", "audit_chain.seal", "throttles.subject"}
"""What the trail holds is never written again; counters are looked at by themselves."""


def on_old_key(context: Context, key_id: str = "t1") -> list[str]:
    """Every column that holds anything of a key, found by looking at all of them; and the files."""
    found = []
    with context.database.session() as session:
        for metadata in (Base.metadata, RecordBase.metadata):
            for table in metadata.sorted_tables:
                for row in session.execute(select(table)):
                    for column, value in row._mapping.items():
                        if _is_of(value, key_id):
                            found.append(f"{table.name}.{column}")
    folder = Path(context.settings.evidence_url.removeprefix("file://"))
    found += ["evidence" for path in folder.iterdir() if _is_of(path.read_bytes(), key_id)]
    if context.database.is_sqlite:
        for path in context.database.folder.glob("record_*"):
            if re.search(rb"%s\.[0-9a-f]{64}" % key_id.encode(), path.read_bytes()):
                found.append(path.name)
    return [name for name in found if name not in NOT_MOVED]


def _is_of(value: object, key_id: str) -> bool:
    if isinstance(value, bytes | memoryview):
        return bytes(value).startswith(sealed_with(key_id))
    return isinstance(value, str) and value.startswith(f"{key_id}.")
