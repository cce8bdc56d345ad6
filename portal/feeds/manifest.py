"""``manifest.json``: what an extract says of itself, and the signature over it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portal.feeds.errors import FeedRefused, FileRefused
from portal.feeds.schema import BY_FILENAME, FILES, REMOVALS
from portal.feeds.sources import Source
from portal.rules.agency import Agency

FORMAT = "portal-extract/1"
NAME = "manifest.json"
SIGNATURE = "manifest.sig"
MOST_BYTES = 1_000_000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LAST_SEQUENCE = 10**15


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What the manifest says of one file: its data rows (the header not counted) and its hash."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that was read and is sound in itself."""

    agency: str
    sequence: int
    kind: str
    as_of: date
    created_at: datetime
    files: Mapping[str, FileEntry]
    sha256: str

    @property
    def is_full(self) -> bool:
        return self.kind == "full"

    @property
    def rows(self) -> int:
        return sum(entry.rows for entry in self.files.values())

    @property
    def record_name(self) -> str:
        """The name of the record that this extract makes."""
        return f"record_{self.sequence}_{self.sha256[:8]}"


def read_manifest(source: Source, agency: Agency, feed_key: bytes | None) -> Manifest:
    """Read and check the manifest, its signature included.

    :param feed_key: the agency's raw Ed25519 public key; without one a signature is ignored.
    :raises FeedRefused: in one line, on anything that is missing, unreadable or contradictory.
    """
    raw = source.read(NAME, MOST_BYTES)
    if feed_key is not None:
        _check_signature(source, raw, feed_key)
    manifest = _parse(raw)
    if manifest.agency != agency.code:
        raise FileRefused(
            NAME, f"the extract is of agency {manifest.agency!r}, this portal is {agency.code!r}"
        )
    made_on = agency.local_date(manifest.created_at)
    if manifest.as_of > made_on:
        raise FileRefused(NAME, f"as_of {manifest.as_of} is after created_at ({made_on})")
    _check_files(source, manifest)
    return manifest


def _check_signature(source: Source, raw: bytes, feed_key: bytes) -> None:
    if not source.has(SIGNATURE):
        raise FileRefused(SIGNATURE, "is missing, and PORTAL_FEED_KEY demands a signature")
    try:
        signature = base64.b64decode(source.read(SIGNATURE, 10_000).strip(), validate=True)
        Ed25519PublicKey.from_public_bytes(feed_key).verify(signature, raw)
    except (binascii.Error, ValueError, InvalidSignature) as error:
        raise FileRefused(SIGNATURE, "does not verify against PORTAL_FEED_KEY") from error


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _parse(raw: bytes) -> Manifest:
    try:
        data = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError) as error:
        raise FileRefused(NAME, "is not readable JSON") from error
    if not isinstance(data, dict):
        raise FileRefused(NAME, "is not an object")
    if data.get("format") != FORMAT:
        raise FileRefused(NAME, f"format is not {FORMAT!r}")
    for name in ("agency", "sequence", "kind", "as_of", "created_at", "files"):
        if name not in data:
            raise FileRefused(NAME, f"{name} is missing")
    return Manifest(
        agency=str(data["agency"]),
        sequence=_sequence(data["sequence"]),
        kind=_kind(data["kind"]),
        as_of=_as_of(data["as_of"]),
        created_at=_created_at(data["created_at"]),
        files=_entries(data["files"]),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def _sequence(value: object) -> int:
    if type(value) is not int or not 1 <= value <= _LAST_SEQUENCE:
        raise FileRefused(NAME, "sequence must be a whole number of 1 or more")
    return value


def _kind(value: object) -> str:
    if value not in ("full", "delta"):
        raise FileRefused(NAME, "kind must be 'full' or 'delta'")
    return str(value)


def _as_of(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise FileRefused(NAME, "as_of must be a date such as 2026-11-20")


def _created_at(value: object) -> datetime:
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            if moment.tzinfo is not None:
                return moment
    raise FileRefused(
        NAME, "created_at must be a moment with its offset, such as 2026-11-21T03:00:00-05:00"
    )


def _entries(value: object) -> dict[str, FileEntry]:
    if not isinstance(value, dict):
        raise FileRefused(NAME, "files must be an object")
    found: dict[str, FileEntry] = {}
    for name, entry in value.items():
        if name not in BY_FILENAME:
            raise FileRefused(NAME, f"files names {name!r}, which is no file of an extract")
        rows = entry.get("rows") if isinstance(entry, dict) else None
        sha256 = entry.get("sha256") if isinstance(entry, dict) else None
        if type(rows) is not int or rows < 0:
            raise FileRefused(NAME, f"files: {name} needs rows, a whole number")
        if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256.lower()):
            raise FileRefused(NAME, f"files: {name} needs sha256, 64 hexadecimal digits")
        found[name] = FileEntry(rows, sha256.lower())
    return found


def _check_files(source: Source, manifest: Manifest) -> None:
    if manifest.is_full:
        for file in FILES:
            if file.filename not in manifest.files:
                raise FileRefused(
                    NAME, f"a full extract holds every file: {file.filename} is missing"
                )
        if REMOVALS.filename in manifest.files:
            raise FileRefused(NAME, f"{REMOVALS.filename} belongs in a delta only")
    for name in manifest.files:
        if not source.has(name):
            raise FileRefused(name, "is named in the manifest and is not there")
    for name in source.names():
        if name.endswith(".csv") and name not in manifest.files:
            raise FeedRefused(f"{name}: is there and not named in the manifest")
