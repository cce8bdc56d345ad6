"""The way back: ``submissions.jsonl``, its manifest and the evidence, as one folder.

The same range gives the same bytes for ever: lines are kept as they were first written, and nothing
in the folder tells when it was made.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.context import Context
from portal.feeds.errors import FeedRefused
from portal.feeds.give_positions import PLACE, give_positions
from portal.feeds.models import ExportedLine
from portal.record.current import fsync
from portal.requests.evidence_store import EvidenceStore
from portal.requests.export_events import open_evidence
from portal.security.sealing import SealBroken

FORMAT = "portal-submissions/1"
LINES = "submissions.jsonl"
MANIFEST = "manifest.json"
EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written; ``upto`` is the ``--after`` of the next export."""

    after: int
    upto: int
    lines: int
    files: int


def export(context: Context, out: Path, *, after: int, upto: int | None = None) -> Exported:
    """Write the events after position ``after``, up to and with ``upto`` (the newest unless said).

    :raises FeedRefused: on a range that is not there yet, a folder that holds something else, or
        evidence that cannot be read.
    """
    out = out.resolve()
    newest = give_positions(context)
    last = newest if upto is None else upto
    if last > newest:
        raise FeedRefused(f"Positions go up to {newest}; {last} is not there yet.")
    if not 0 <= after <= last:
        raise FeedRefused(f"--after {after} is not from 0 to {last}.")
    temporary = out.parent / f".{out.name}.writing-{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        with context.database.transaction(write=False) as session:
            done = _write(context, session, temporary, after, last)
        _put(temporary, out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return done


def _write(context: Context, session: Session, folder: Path, after: int, upto: int) -> Exported:
    files: dict[str, dict[str, object]] = {}
    digest, lines, made = hashlib.sha256(), 0, None
    with (folder / LINES).open("wb") as out:
        for row in _rows(session, after, upto):
            words = context.sealer.open(row.line, PLACE, str(row.position)) + "\n"
            out.write(words.encode())
            digest.update(words.encode())
            lines, made = lines + 1, row.given_at
            for file in row.evidence:
                name = f"{EVIDENCE}/{file['sha256']}.{file['ending']}"
                if name not in files:
                    files[name] = _write_evidence(context, session, folder / name, file)
        out.flush()
        os.fsync(out.fileno())
    manifest = {
        "format": FORMAT,
        "agency": context.agency.code,
        "after": after,
        "upto": upto,
        "created_at": made.isoformat() if made else None,
        "files": {
            LINES: {"rows": lines, "sha256": digest.hexdigest()},
            **dict(sorted(files.items())),
        },
    }
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    fsync(path)
    return Exported(after, upto, lines, len(files))


def _rows(session: Session, after: int, upto: int) -> Iterator[ExportedLine]:
    chosen = select(ExportedLine).where(
        ExportedLine.position > after, ExportedLine.position <= upto
    )
    yield from session.scalars(
        chosen.order_by(ExportedLine.position).execution_options(yield_per=500)
    )


def _write_evidence(
    context: Context, session: Session, path: Path, file: dict[str, str]
) -> dict[str, object]:
    store = EvidenceStore(context.settings.evidence_url)
    try:
        data = open_evidence(session, context.sealer, store, file["file_id"])
    except (LookupError, OSError, SealBroken) as error:
        raise FeedRefused(f"The evidence {file['sha256']} cannot be read.") from error
    if hashlib.sha256(data).hexdigest() != file["sha256"]:
        raise FeedRefused(f"The evidence {file['sha256']} is not what was sent in.")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    fsync(path)
    return {"bytes": len(data), "sha256": file["sha256"]}


def _put(temporary: Path, out: Path) -> None:
    """Give the folder its name; one that holds the very same is left alone."""
    if out.exists():
        if not out.is_dir():
            raise FeedRefused(f"{out} is not a folder.")
        if any(out.iterdir()):
            if _contents(out) != _contents(temporary):
                raise FeedRefused(f"{out} is not empty and holds something else.")
            return
        out.rmdir()
    temporary.rename(out)
    fsync(out)


def _contents(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path.relative_to(folder))] = digest
    return found
