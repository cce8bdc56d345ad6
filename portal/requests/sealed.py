"""Sealed JSON: what parents wrote, unreadable in a stolen database (KEY-2)."""

from __future__ import annotations

import json
from typing import Any

from portal.security.sealing import Sealer

FIELDS = "submissions.fields"
DETAIL = "submission_events.detail"
DRAFT = "drafts.data"
NAME = "evidence_files.name"
BYTES = "evidence.bytes"


def seal_json(sealer: Sealer, value: dict[str, Any], place: str, row: str) -> bytes:
    """Seal a JSON object for a place (``table.column``) and row."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sealer.seal(text, place, row)


def open_json(sealer: Sealer, sealed: bytes, place: str, row: str) -> dict[str, Any]:
    """Open what `seal_json` made. Raises `portal.security.sealing.SealBroken`."""
    found: dict[str, Any] = json.loads(sealer.open(sealed, place, row))
    return found
