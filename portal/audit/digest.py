"""What a batch of the chain vouches for: its events as bytes, its digest, its keyed seal."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from portal.audit.models import AuditBatch, AuditEvent
from portal.security.keys import Keyring

BEGINNING = "0" * 64
"""What the first batch has in place of a batch before."""
_PURPOSE = "audit-chain"
_COLUMNS = (
    AuditEvent.id,
    AuditEvent.at,
    AuditEvent.name,
    AuditEvent.actor_id,
    AuditEvent.subject_kind,
    AuditEvent.subject_id,
    AuditEvent.outcome,
    AuditEvent.request_id,
    AuditEvent.address,
    AuditEvent.detail,
)


def events_between(first_id: int, last_id: int, most: int) -> Select[Any]:
    """Events by rising id, every column of them, at most ``most``."""
    between = AuditEvent.id.between(first_id, last_id)
    return select(*_COLUMNS).where(between).order_by(AuditEvent.id).limit(most)


def digest_of(
    previous: str, number: int, first_id: int, last_id: int, at: datetime, rows: Iterable[Row[Any]]
) -> str:
    """SHA-256 of the batch before, of this one's own row and of its events, in hex.

    :raises ValueError, TypeError: where a column holds what the portal never writes.
    """
    found = hashlib.sha256(_line("portal audit batch 1", previous, number, first_id, last_id, at))
    for row in rows:
        found.update(_line(*row))
    return found.hexdigest()


def seal(keyring: Keyring, digest: str) -> str:
    """The digest's HMAC under the newest key: ``<key id>.<hex>``."""
    return keyring.lookup(_PURPOSE, digest)


def key_of(batch: AuditBatch) -> str:
    """The id of the key that sealed a batch."""
    return batch.seal.partition(".")[0]


def seal_holds(keyring: Keyring, batch: AuditBatch) -> bool | None:
    """Whether a batch's seal is genuine; None when its key is no longer in the ring."""
    key_id = key_of(batch)
    if key_id not in keyring.ids:
        return None
    return hmac.compare_digest(
        keyring.lookup(_PURPOSE, batch.digest, key_id).encode(), batch.seal.encode()
    )


def _line(*values: Any) -> bytes:
    plain = [str(value) if isinstance(value, datetime) else value for value in values]
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode() + b"\n"
