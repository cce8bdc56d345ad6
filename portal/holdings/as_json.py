"""Everything we hold as one JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from portal.holdings.gather import Everything
from portal.web.holdings import Word


def everything_json(everything: Everything, agency: str) -> bytes:
    """UTF-8, the names in their order: days and moments (UTC) as ISO 8601, dollars as text with
    two places, codes as they are."""
    plain = to_plain(everything.as_mapping(agency))
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode()


def to_plain(value: Any) -> Any:
    """A value as JSON can hold it. Raises `TypeError` for one of a kind that nobody thought of."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Word):
        return value.code
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    raise TypeError(f"Not to be told: {type(value).__name__}")
