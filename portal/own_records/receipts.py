"""Receipts: photos and PDFs that show an entry, cleaned and sealed like all evidence.

They are the parent's own: no request names them, so no page of the staff and no export does. A
review is given copies.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.own_records.models import OwnReceipt, OwnRecord
from portal.own_records.read_log import files_of_record
from portal.requests import add_evidence
from portal.requests.add_evidence import (
    READY,
    REMOVED,
    AlreadyAdded,
    StoredFile,
    TooManyFiles,
    name_of,
)
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import EvidenceFile
from portal.requests.open_file import OpenedFile, opened
from portal.security.sealing import Sealer
from portal.web.actor import Actor

MOST_RECEIPTS = 3
"""Of an entry: both sides of a check, and a bank statement."""
MOST_OF_ACCOUNT = 200


def check_room(session: Session, actor: Actor, record_id: str | None, now: datetime) -> None:
    """Raise `TooManyFiles` where a file more is too many: of an entry, of an account, of a day.

    :param record_id: None for an entry that is yet to be added.
    """
    add_evidence.check_room(session, actor.id, now)
    of_entry, of_account = session.execute(
        select(func.count().filter(OwnRecord.id == (record_id or "")), func.count())
        .select_from(OwnReceipt)
        .join(OwnRecord, OwnRecord.id == OwnReceipt.record_id)
        .where(OwnRecord.account_id == actor.id)
    ).one()
    if of_entry >= MOST_RECEIPTS or of_account >= MOST_OF_ACCOUNT:
        raise TooManyFiles


def add_receipt(
    session: Session,
    sealer: Sealer,
    actor: Actor,
    row: OwnRecord,
    stored: StoredFile,
    now: datetime,
    *,
    is_scanned: bool,
) -> EvidenceFile:
    """Name a stored file as a receipt of the actor's own entry, whose row the caller holds.

    Raises `TooManyFiles`, and `AlreadyAdded` where the entry has the same bytes.
    """
    check_room(session, actor, row.id, now)
    file = add_evidence.file_row(sealer, actor.id, None, stored, now, is_scanned=is_scanned)
    same = next((it for it in files_of_record(session, row.id) if it.sha256 == file.sha256), None)
    if same is not None:
        raise AlreadyAdded(name_of(sealer, same))
    session.add(file)
    session.flush()
    session.add(OwnReceipt(file_id=file.id, record_id=row.id))
    record_event(
        session,
        "own-record:receipt:added",
        now=now,
        actor_id=actor.id,
        subject=("evidence", file.id),
        detail={"type": file.media_type, "size": file.size},
    )
    return file


def remove_receipt(
    session: Session, actor: Actor, row: OwnRecord, file_id: str, now: datetime
) -> bool:
    """Take a receipt out of the actor's own entry; False where it is not there."""
    file = _file_of(session, row, file_id)
    if file is None:
        return False
    session.execute(delete(OwnReceipt).where(OwnReceipt.file_id == file.id))
    file.state = REMOVED
    record_event(
        session,
        "own-record:receipt:removed",
        now=now,
        actor_id=actor.id,
        subject=("evidence", file.id),
    )
    return True


def open_receipt(
    session: Session, sealer: Sealer, store: EvidenceStore, row: OwnRecord, file_id: str
) -> OpenedFile:
    """A receipt of the actor's own entry, once it is ready.

    Raises `LookupError` for anything else (ACL-1), and `OSError` where the store cannot be read.
    """
    file = _file_of(session, row, file_id)
    if file is None or file.state != READY:
        raise LookupError(file_id)
    return opened(sealer, store, file)


def _file_of(session: Session, row: OwnRecord, file_id: str) -> EvidenceFile | None:
    files = files_of_record(session, row.id)
    return next((file for file in files if file.id == file_id), None)
