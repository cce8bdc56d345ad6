"""Sealing the bytes of evidence anew, each file at one stroke (KEY-3)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from portal.context import Context
from portal.keys.reseal import BATCH
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import EvidenceFile
from portal.requests.sealed import BYTES
from portal.security.sealing import SealBroken, sealed_with


def reseal_evidence(context: Context) -> int:
    """Move every file that a row names to the newest key; returns how many do not open.

    A reader gets the old bytes or the new ones, and opens both. Files that no row names are swept
    by the worker after a day.
    """
    store = EvidenceStore(context.settings.evidence_url)
    prefix, broken = sealed_with(context.keyring.newest), 0
    for file_id, name in _files(context):
        try:
            kept = store.read(name)
            if not kept.startswith(prefix):
                data = context.sealer.open_bytes(kept, BYTES, file_id)
                store.replace(name, context.sealer.seal(data, BYTES, file_id))
        except (SealBroken, OSError):
            broken += _is_named(context, file_id)
    return broken


def _files(context: Context) -> Iterator[tuple[str, str]]:
    after = ""
    while True:
        later = select(EvidenceFile.id, EvidenceFile.stored_as).where(EvidenceFile.id > after)
        with context.database.session() as session:
            found = session.execute(later.order_by(EvidenceFile.id).limit(BATCH)).all()
        if not found:
            return
        for row in found:
            yield row.id, row.stored_as
        after = found[-1].id


def _is_named(context: Context, file_id: str) -> int:
    """1 where the file is still wanted; 0 when its row has gone meanwhile."""
    with context.database.session() as session:
        return int(session.get(EvidenceFile, file_id) is not None)
