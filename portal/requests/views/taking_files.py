"""Taking a parent's file in: cleaned and stored while the request only reads, then named in what is
about to be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import structlog
from flask import abort, request
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from werkzeug.datastructures import CombinedMultiDict, FileStorage

from portal.requests.add_evidence import (
    MOST_FILES,
    AlreadyAdded,
    EvidenceNotStored,
    StoredFile,
    TooManyFiles,
    add_evidence,
    check_room,
    files_of_draft,
    name_of,
)
from portal.requests.clean_upload import MOST_BYTES, FileRefused, clean_upload
from portal.requests.evidence_store import EvidenceStore
from portal.requests.forms import EvidenceForm
from portal.requests.models import Draft, EvidenceFile
from portal.requests.views.blueprint import actor, my_draft
from portal.requests.words import REFUSED_FILES
from portal.rules.vocabulary import RequestKind
from portal.web import begin_writing, clock, context, db

log = structlog.get_logger()

NOT_TAKEN = (FileRefused, TooManyFiles, AlreadyAdded, EvidenceNotStored)
"""What keeps a file from being taken in; `why_not` says it in words."""


def uploader() -> str:
    """Whose uploads are counted: the account's (this is asked before the guard answers)."""
    return str(getattr(actor(), "id", None) or get_remote_address())


def posted() -> CombinedMultiDict[str, Any]:
    """What was posted, for a form. Given its data, a form writes nothing: the view still reads."""
    parts: list[Any] = [request.files, request.form]
    return CombinedMultiDict(parts)


def store_upload(upload: FileStorage, check_room: Callable[[], None]) -> StoredFile:
    """The file cleaned and in the store; no row names it yet: slow, so before the writing begins.

    Raises `NOT_TAKEN`; nothing of it is kept then.

    :param check_room: asked first, so that what finds no room is not even cleaned.
    """
    check_room()
    cleaned = clean_upload(upload.filename or "", upload.stream.read(MOST_BYTES + 1))
    return StoredFile(cleaned, _store(), context().sealer)


def store_for(draft: Draft | None, upload: FileStorage) -> StoredFile:
    """The same for a file that is for a draft, which may be yet to be begun."""
    draft_id, now = draft.id if draft else None, clock.now()
    room = partial(check_room, db(), actor().id, now, draft_id=draft_id)
    return store_upload(upload, room)


def forget(stored: StoredFile | None) -> None:
    """Take out of the store what no row is going to name."""
    if stored is not None:
        _store().delete(stored.stored_as)


@contextmanager
def named_or_forgotten(stored: StoredFile | None) -> Iterator[None]:
    """Where naming the stored file comes to nothing, take it out of the store again (UPL-1)."""
    try:
        yield
    except BaseException:
        forget(stored)
        raise


def is_scanned() -> bool:
    """Whether a file waits for a scanner first (UPL-2)."""
    return bool(context().settings.scanner_url)


def name_in(draft: Draft, stored: StoredFile) -> None:
    """Add the stored file to the draft, which the caller holds. Raises `NOT_TAKEN`."""
    sealer = context().sealer
    add_evidence(db(), sealer, draft, stored, clock.now(), is_scanned=is_scanned())


def why_not(problem: Exception, too_many: str | None = None) -> str:
    """One of `NOT_TAKEN` in words for the parent.

    :param too_many: how many are enough, where that is not a request's number.
    """
    if isinstance(problem, FileRefused):
        return str(REFUSED_FILES[problem.why])
    if isinstance(problem, TooManyFiles):
        return too_many or str(
            _("That is enough files: %(most)s for a request, and some more a day.", most=MOST_FILES)
        )
    if isinstance(problem, AlreadyAdded):
        return str(_("You already added this file. It is called “%(name)s”.", name=problem.name))
    log.error("evidence_not_stored", exc_info=problem)
    return str(_("We could not keep this file just now. Nothing was added. Try again later."))


def files_step(kind: RequestKind, here: str, onward: str) -> tuple[EvidenceForm, str | None]:
    """A step that adds files to a draft: its form, and the page to go to where it was done."""
    is_post = request.method == "POST"
    form = EvidenceForm(formdata=posted() if is_post else None)
    goes_on = request.form.get("action") == "continue"
    if is_post and goes_on and not request.files.get("file"):
        return form, onward
    if not form.validate_on_submit():
        return form, None
    try:
        _add_to(kind, form.file.data)
    except NOT_TAKEN as problem:
        form.file.errors = [why_not(problem)]
        return form, None
    return form, onward if goes_on else here


def named_files(draft: Draft | None) -> list[tuple[EvidenceFile, str]]:
    """The draft's files, each with its name."""
    sealer = context().sealer
    files = files_of_draft(db(), draft.id) if draft else []
    return [(file, name_of(sealer, file)) for file in files]


def _add_to(kind: RequestKind, upload: FileStorage) -> None:
    found = my_draft(kind)
    stored = store_for(found[0] if found else None, upload)
    with named_or_forgotten(stored):
        begin_writing()
        found = my_draft(kind, lock=True)
        if found is None:  # sent or dropped in another window meanwhile
            abort(404)
        name_in(found[0], stored)


def _store() -> EvidenceStore:
    return EvidenceStore(context().settings.evidence_url)
