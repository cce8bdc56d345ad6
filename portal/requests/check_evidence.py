"""The worker's part: files that wait for the scanner, and files that no row names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.context import Context
from portal.requests.add_evidence import BEING_CHECKED, READY, REFUSED, REMOVED, name_of, told_of
from portal.requests.events import EVIDENCE_READY, EVIDENCE_REFUSED, ActorKind, add_event
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import EvidenceFile, Submission
from portal.requests.open_file import open_stored
from portal.requests.scanner import Scanner, ScannerDown, scanner_at
from portal.security.sealing import SealBroken, Sealer

log = structlog.get_logger()

SWEEP_AFTER = timedelta(days=1)
_BATCH = 50


def check_pending(context: Context, now: datetime, scanner: Scanner | None = None) -> int:
    """Have the files that are being checked looked at; returns how many got a verdict.

    Scanning holds no lock; each verdict is a short transaction of its own. While the scanner is
    down, or none is configured any more, files stay held (UPL-2). A file that cannot be read, was
    altered or gets no verdict stays held too, and is passed over for those behind it.
    """
    scanner = scanner or scanner_at(context.settings.scanner_url)
    if scanner is None:
        return 0
    store = EvidenceStore(context.settings.evidence_url)
    checked = 0
    for file_id, stored_as in _waiting(context):
        try:
            data = open_stored(context.sealer, store, file_id, stored_as)
            clean = scanner.is_clean(data)
        except ScannerDown as error:
            if not _answers(scanner):
                log.warning("scanner_down", reason=str(error))
                return checked
            log.error("evidence_without_verdict", file=file_id, reason=str(error))
            continue
        except (OSError, SealBroken) as error:
            log.error("evidence_unreadable", file=file_id, reason=type(error).__name__)
            continue
        with context.database.transaction() as session:
            checked += _settle(session, context.sealer, file_id, clean, now)
        if checked >= _BATCH:
            break
    return checked


def _answers(scanner: Scanner) -> bool:
    """Whether it is there at all: then it is the file that it has no verdict on."""
    try:
        scanner.is_clean(b"hello")
    except ScannerDown:
        return False
    return True


def _waiting(context: Context) -> Iterator[tuple[str, str]]:
    """Each with its name in the store, the oldest first: all of them, read a batch at a time."""
    chosen = (
        select(EvidenceFile.id, EvidenceFile.stored_as, EvidenceFile.added_at)
        .where(EvidenceFile.state == BEING_CHECKED)
        .order_by(EvidenceFile.added_at, EvidenceFile.id)
        .limit(_BATCH)
    )
    after = chosen
    while True:
        with context.database.transaction(write=False) as session:
            rows = session.execute(after).all()
        yield from ((row.id, row.stored_as) for row in rows)
        if len(rows) < _BATCH:
            return
        last = rows[-1]
        later = EvidenceFile.added_at > last.added_at
        beside = and_(EvidenceFile.added_at == last.added_at, EvidenceFile.id > last.id)
        after = chosen.where(or_(later, beside))


def _settle(session: Session, sealer: Sealer, file_id: str, clean: bool, now: datetime) -> int:
    file = session.get(EvidenceFile, file_id, with_for_update=True)
    if file is None or file.state != BEING_CHECKED:
        return 0
    file.state = READY if clean else REFUSED
    file.checked_at = now
    record_event(
        session,
        "request:evidence:checked",
        now=now,
        actor_id="worker",
        subject=("evidence", file.id),
        outcome="success" if clean else "refused",
    )
    if file.submission_id is not None:
        tell(session, sealer, file, now)
    return 1


def tell(session: Session, sealer: Sealer, file: EvidenceFile, now: datetime) -> None:
    """Add the verdict to the request's events; a clean file goes out with the export."""
    submission = session.get_one(Submission, file.submission_id)
    told: dict[str, Any] = {"evidence": told_of(sealer, [file])}
    event = EVIDENCE_READY
    if file.state != READY:
        event, told = EVIDENCE_REFUSED, {"name": name_of(sealer, file)}
    add_event(session, sealer, submission, event, ActorKind.PORTAL, now, **told)


def sweep_unreferenced(context: Context, now: datetime) -> int:
    """Delete files that no row names and that are older than a day; returns how many."""
    with context.database.transaction() as session:
        session.execute(
            delete(EvidenceFile).where(
                EvidenceFile.state == REMOVED, EvidenceFile.added_at < now - SWEEP_AFTER
            )
        )
    store = EvidenceStore(context.settings.evidence_url)
    old = [name for name, written in store.written() if now - written > SWEEP_AFTER]
    swept = 0
    for start in range(0, len(old), _BATCH):
        names = old[start : start + _BATCH]
        chosen = select(EvidenceFile.stored_as).where(EvidenceFile.stored_as.in_(names))
        with context.database.transaction(write=False) as session:
            named = set(session.scalars(chosen))
        for name in names:
            if name not in named:
                store.delete(name)
                swept += 1
    return swept
