"""Receipts of an entry: taking one in, giving it back, taking it out."""

from __future__ import annotations

from functools import partial

import structlog
from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.cases.page import case_for
from portal.own_records import receipts as service
from portal.own_records.models import OwnRecord
from portal.own_records.views.blueprint import blueprint, own_record
from portal.requests.add_evidence import StoredFile
from portal.requests.evidence_store import EvidenceStore
from portal.requests.views.blueprint import actor
from portal.requests.views.taking_files import is_scanned, store_upload, why_not
from portal.web import clock, context, db
from portal.web.access import signed_in
from portal.web.downloads import saved_file

log = structlog.get_logger()


def store_receipt(upload: FileStorage | None, record_id: str | None) -> StoredFile | None:
    """Clean and store what was chosen, if anything: slow, so before the writing begins.

    Raises `NOT_TAKEN`.

    :param record_id: of the entry, where there is one already.
    """
    if upload is None or not upload.filename:
        return None
    room = partial(service.check_room, db(), actor(), record_id, clock.now())
    return store_upload(upload, room)


def name_receipt(row: OwnRecord, stored: StoredFile) -> None:
    """Hang a stored file on an entry that is held for writing. Raises `NOT_TAKEN`."""
    sealer = context().sealer
    service.add_receipt(db(), sealer, actor(), row, stored, clock.now(), is_scanned=is_scanned())


def why_no_receipt(problem: Exception) -> str:
    """One of `NOT_TAKEN` in words for the parent."""
    most = service.MOST_RECEIPTS
    too_many = _("That is enough files: %(most)s for a payment, and some more a day.", most=most)
    return why_not(problem, str(too_many))


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
