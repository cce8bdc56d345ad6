"""Adding a file to what a parent is about to send, and taking it out again."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import false, func, select, update
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.database import rows_changed
from portal.requests.clean_upload import CleanedFile
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import Draft, EvidenceFile
from portal.requests.sealed import BYTES, NAME
from portal.security.sealing import Sealer

BEING_CHECKED, READY, REFUSED, REMOVED = "being_checked", "ready", "refused", "removed"
MOST_FILES = 20
MOST_FILES_A_DAY = 60
"""Of one account, those taken out again included: one person does not fill a disk (UPL-1)."""
DAY = timedelta(days=1)


class TooManyFiles(Exception):
    """The request, or the account, holds as many files as it may."""


class AlreadyAdded(Exception):
    """The draft holds this very file already; `name` is what it is called there."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class EvidenceNotStored(Exception):
    """The store could not take the file whole (a full disk, say). Nothing of it was kept."""


class StoredFile:
    """A cleaned file that lies in the store, and that no row names yet."""

    def __init__(self, file: CleanedFile, store: EvidenceStore, sealer: Sealer) -> None:
        self.id = uuid.uuid4().hex
        self.file = file
        try:
            self.stored_as = store.write(sealer.seal(file.data, BYTES, self.id))
        except OSError as error:
            raise EvidenceNotStored from error


def check_room(
    session: Session, account_id: str, now: datetime, *, draft_id: str | None = None
) -> None:
    """Raise `TooManyFiles` where a file more is too many: of a day, and of a draft.

    :param draft_id: None where the file is for no draft, or for one that is yet to be begun.
    """
    of_draft = false() if draft_id is None else EvidenceFile.draft_id == draft_id
    in_draft, today = session.execute(
        select(
            func.count().filter(of_draft),
            func.count().filter(EvidenceFile.added_at > now - DAY),
        ).where(EvidenceFile.account_id == account_id)
    ).one()
    if in_draft >= MOST_FILES or today >= MOST_FILES_A_DAY:
        raise TooManyFiles


def add_evidence(
    session: Session,
    sealer: Sealer,
    draft: Draft,
    stored: StoredFile,
    now: datetime,
    *,
    is_scanned: bool,
) -> EvidenceFile:
    """Name a stored file in the draft; with a scanner it is held as being checked (UPL-2).

    The caller holds the draft. Raises `TooManyFiles`, and `AlreadyAdded` where the same bytes are
    there; the file in the store is then the caller's to delete.
    """
    check_room(session, draft.account_id, now, draft_id=draft.id)
    row = file_row(sealer, draft.account_id, draft.id, stored, now, is_scanned=is_scanned)
    _check_new(session, sealer, draft, row.sha256)
    session.add(row)
    draft.saved_at = now
    record_event(
        session,
        "request:evidence:added",
        now=now,
        actor_id=draft.account_id,
        subject=("evidence", row.id),
        detail={"type": row.media_type, "size": row.size},
    )
    return row


def file_row(
    sealer: Sealer,
    account_id: str,
    draft_id: str | None,
    stored: StoredFile,
    now: datetime,
    *,
    is_scanned: bool,
) -> EvidenceFile:
    """The row that names a stored file; of no draft, it is the account's own."""
    return EvidenceFile(
        id=stored.id,
        account_id=account_id,
        draft_id=draft_id,
        submission_id=None,
        name=sealer.seal(stored.file.name, NAME, stored.id),
        stored_as=stored.stored_as,
        sha256=hashlib.sha256(stored.file.data).hexdigest(),
        size=len(stored.file.data),
        media_type=stored.file.media_type,
        state=BEING_CHECKED if is_scanned else READY,
        added_at=now,
        checked_at=None,
    )


def _check_new(session: Session, sealer: Sealer, draft: Draft, sha256: str) -> None:
    same = next((it for it in files_of_draft(session, draft.id) if it.sha256 == sha256), None)
    if same is not None:
        raise AlreadyAdded(name_of(sealer, same))


def remove_evidence(session: Session, draft: Draft, file_id: str, now: datetime) -> bool:
    """Take a file out of a draft; False where it is not there. It is swept after a day."""
    if not take_out(session, draft.id, file_id):
        return False
    draft.saved_at = now
    record_event(
        session,
        "request:evidence:removed",
        now=now,
        actor_id=draft.account_id,
        subject=("evidence", file_id),
    )
    return True


def take_out(session: Session, draft_id: str, file_id: str | None = None) -> int:
    """Take one file, or all of them, out of a draft; returns how many."""
    chosen = update(EvidenceFile).where(
        EvidenceFile.draft_id == draft_id, EvidenceFile.submission_id.is_(None)
    )
    if file_id is not None:
        chosen = chosen.where(EvidenceFile.id == file_id)
    gone = session.execute(chosen.values(draft_id=None, state=REMOVED))
    return rows_changed(gone)


def files_of_draft(session: Session, draft_id: str) -> Sequence[EvidenceFile]:
    """The files of a draft, in the order they came."""
    chosen = select(EvidenceFile).where(EvidenceFile.draft_id == draft_id)
    return session.scalars(chosen.order_by(EvidenceFile.added_at, EvidenceFile.id)).all()


def files_of_submission(session: Session, submission_id: str) -> Sequence[EvidenceFile]:
    """The files of a request, in the order they came."""
    chosen = select(EvidenceFile).where(EvidenceFile.submission_id == submission_id)
    return session.scalars(chosen.order_by(EvidenceFile.added_at, EvidenceFile.id)).all()


def attach(session: Session, draft_id: str, submission_id: str) -> None:
    """Hand the draft's files on to the request that was made of it."""
    session.execute(
        update(EvidenceFile)
        .where(EvidenceFile.draft_id == draft_id)
        .values(submission_id=submission_id, draft_id=None)
    )


def told_of(sealer: Sealer, files: Iterable[EvidenceFile]) -> list[dict[str, str]]:
    """What an event hands on of the files that are ready. What is still being checked goes out
    when it was, as an event of its own (UPL-2)."""
    return [
        {"id": file.id, "name": name_of(sealer, file), "sha256": file.sha256}
        for file in files
        if file.state == READY
    ]


def name_of(sealer: Sealer, file: EvidenceFile) -> str:
    """The name to show."""
    return sealer.open(file.name, NAME, file.id)
