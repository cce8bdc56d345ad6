"""Getting back a file of one's own request."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.requests.add_evidence import READY, name_of
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import EvidenceFile, Submission
from portal.requests.sealed import BYTES
from portal.security.sealing import Sealer
from portal.web.actor import Actor


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A cleaned file and the name to save it under."""

    name: str
    media_type: str
    data: bytes


def open_stored(sealer: Sealer, store: EvidenceStore, file_id: str, stored_as: str) -> bytes:
    """The bytes of a file as it was cleaned.

    Raises `OSError` where the store cannot be read, and `portal.security.sealing.SealBroken` where
    what it holds was altered.
    """
    return sealer.open_bytes(store.read(stored_as), BYTES, file_id)


def opened(sealer: Sealer, store: EvidenceStore, file: EvidenceFile) -> OpenedFile:
    """A file that may be seen, with its name. Raises what `open_stored` raises."""
    data = open_stored(sealer, store, file.id, file.stored_as)
    return OpenedFile(name_of(sealer, file), file.media_type, data)


def open_own_file(
    session: Session,
    sealer: Sealer,
    store: EvidenceStore,
    actor: Actor,
    number: str,
    file_id: str,
) -> OpenedFile:
    """A file of the actor's own request, once it is ready.

    Raises `LookupError` for anything else, alike for what never was and what is another's
    (ACL-1), and `OSError` where the store cannot be read.
    """
    file = session.scalars(
        select(EvidenceFile)
        .join(Submission, Submission.id == EvidenceFile.submission_id)
        .where(
            EvidenceFile.id == file_id,
            EvidenceFile.state == READY,
            Submission.number == number,
            Submission.account_id == actor.id,
        )
    ).one_or_none()
    if file is None:
        raise LookupError(file_id)
    return opened(sealer, store, file)
