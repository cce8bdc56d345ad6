"""Receipts of an entry: taking one in, giving it back, taking it out."""

from __future__ import annotations

import structlog
from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.cases.page import case_for
from portal.own_records import receipts as service
from portal.own_records.models import OwnRecord
from portal.own_records.views.blueprint import blueprint, own_record
from portal.requests.add_evidence import (
    AlreadyAdded,
    EvidenceNotStored,
    StoredFile,
    TooManyFiles,
)
from portal.requests.clean_upload import MOST_BYTES, FileRefused, clean_upload
from portal.requests.evidence_store import EvidenceStore
from portal.requests.views.blueprint import actor
from portal.requests.words import REFUSED_FILES
from portal.web import clock, context, db
from portal.web.access import signed_in
from portal.web.downloads import saved_file

log = structlog.get_logger()


class NotTaken(Exception):
    """The file is not taken; why, in words."""


def store_upload(upload: FileStorage | None, record_id: str | None) -> StoredFile | None:
    """Clean and store what was chosen, if anything: slow, so before the writing begins.

    :param record_id: of the entry, where there is one already.
    :raises NotTaken: and nothing of it is kept.
    """
    if upload is None or not upload.filename:
        return None
    services = context()
    try:
        service.check_room(db(), actor(), record_id, clock.now())
        cleaned = clean_upload(upload.filename, upload.stream.read(MOST_BYTES + 1))
        return StoredFile(cleaned, EvidenceStore(services.settings.evidence_url), services.sealer)
    except FileRefused as refused:
        raise NotTaken(str(REFUSED_FILES[refused.why])) from refused
    except TooManyFiles as error:
        raise NotTaken(_too_many()) from error
    except EvidenceNotStored as error:
        log.exception("evidence_not_stored")
        raise NotTaken(
            str(_("We could not keep this file just now. Nothing was added. Try again later."))
        ) from error


def name_receipt(row: OwnRecord, stored: StoredFile) -> None:
    """Hang a stored file on an entry that is held for writing. :raises NotTaken:"""
    services = context()
    scanned = bool(services.settings.scanner_url)
    try:
        service.add_receipt(
            db(), services.sealer, actor(), row, stored, clock.now(), is_scanned=scanned
        )
    except AlreadyAdded as same:
        forget(stored)
        raise NotTaken(
            str(_("You already added this file. It is called “%(name)s”.", name=same.name))
        ) from same
    except TooManyFiles as error:
        forget(stored)
        raise NotTaken(_too_many()) from error


def forget(stored: StoredFile | None) -> None:
    """Take out of the store what no row is going to name."""
    if stored is not None:
        EvidenceStore(context().settings.evidence_url).delete(stored.stored_as)


def _too_many() -> str:
    most = service.MOST_RECEIPTS
    return str(_("That is enough files: %(most)s for a payment, and some more a day.", most=most))


@blueprint.get("/cases/<case>/own-records/<entry>/receipts/<file_id>")
@signed_in
def receipt(case: str, entry: str, file_id: str) -> ResponseReturnValue:
    """One's own file, as it was cleaned, to save (UPL-3)."""
    row = own_record(case_for(case), entry)
    services = context()
    store = EvidenceStore(services.settings.evidence_url)
    try:
        file = service.open_receipt(db(), services.sealer, store, row, file_id)
    except LookupError:
        abort(404)
    except OSError:
        log.exception("evidence_out_of_reach")
        abort(503)
    return saved_file(file.data, file.media_type, file.name)


@blueprint.post("/cases/<case>/own-records/<entry>/receipts/<file_id>/removal")
@signed_in
def receipt_removal(case: str, entry: str, file_id: str) -> ResponseReturnValue:
    """Take a receipt out; sent twice, the second finds nothing."""
    row = own_record(case_for(case), entry, lock=True)
    if not service.remove_receipt(db(), actor(), row, file_id, clock.now()):
        abort(404)
    return redirect(url_for("own_records.entry", case=case, entry=entry))
