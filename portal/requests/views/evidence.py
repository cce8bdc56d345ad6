"""Files of a review: adding, taking out, and getting back one's own."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from werkzeug.datastructures import CombinedMultiDict

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
    remove_evidence,
)
from portal.requests.clean_upload import MOST_BYTES, FileRefused, clean_upload
from portal.requests.evidence_store import EvidenceStore
from portal.requests.file_review import KIND
from portal.requests.forms import EvidenceForm
from portal.requests.open_file import open_own_file
from portal.requests.views.blueprint import actor, blueprint, my_draft, person
from portal.requests.words import REFUSED_FILES
from portal.rules.vocabulary import RequestKind
from portal.security.headers import DOWNLOAD_POLICY
from portal.web import begin_writing, clock, context, db, reads_first
from portal.web.access import signed_in
from portal.web.limits import limiter

log = structlog.get_logger()


def uploader() -> str:
    """Whose uploads are counted: the account's (this is asked before the guard answers)."""
    return str(getattr(actor(), "id", None) or get_remote_address())


@blueprint.route("/requests/administrative-review/evidence", methods=["GET", "POST"])
@limiter.limit("120 per hour", key_func=uploader, methods=["POST"])
@signed_in
@reads_first
def review_evidence() -> ResponseReturnValue:
    """Photos and PDFs that show it."""
    found = my_draft(KIND)
    if found is None or not found[1].get("grounds"):
        return redirect(url_for("requests.review_grounds"))
    # Given its data, the form writes nothing yet: this view still only reads.
    parts: list[Any] = [request.files, request.form]
    is_post = request.method == "POST"
    form = EvidenceForm(formdata=CombinedMultiDict(parts) if is_post else None)
    goes_on = request.form.get("action") == "continue"
    if is_post and goes_on and not request.files.get("file"):
        return redirect(url_for("requests.review_check"))
    if form.validate_on_submit():
        problem = add_upload(form, KIND)
        if problem is None:
            here = "requests.review_evidence"
            return redirect(url_for("requests.review_check" if goes_on else here))
        form.file.errors = [problem]
    sealer = context().sealer
    found = my_draft(KIND)
    files = files_of_draft(db(), found[0].id) if found else []
    return render_template(
        "requests/review_evidence.html",
        form=form,
        files=[(file, name_of(sealer, file)) for file in files],
        most=MOST_FILES,
    )


def add_upload(form: EvidenceForm, kind: RequestKind) -> str | None:
    """Clean and store the file, then name it in the draft; what went wrong, in words."""
    services, account_id = context(), actor().id
    found = my_draft(kind)
    try:
        check_room(db(), account_id, found[0].id if found else "", clock.now())
        data = form.file.data.stream.read(MOST_BYTES + 1)
        cleaned = clean_upload(form.file.data.filename or "", data)
        store = EvidenceStore(services.settings.evidence_url)
        stored = StoredFile(cleaned, store, services.sealer)
        begin_writing()
        found = my_draft(kind, lock=True)
        if found is None:  # sent or dropped in another window meanwhile
            abort(404)
        scanned = bool(services.settings.scanner_url)
        add_evidence(db(), services.sealer, found[0], stored, clock.now(), is_scanned=scanned)
    except FileRefused as refused:
        return str(REFUSED_FILES[refused.why])
    except TooManyFiles:
        return str(
            _("That is enough files: %(most)s for a request, and some more a day.", most=MOST_FILES)
        )
    except AlreadyAdded as same:
        store.delete(stored.stored_as)
        return str(_("You already added this file. It is called “%(name)s”.", name=same.name))
    except EvidenceNotStored:
        log.exception("evidence_not_stored")
        return str(_("We could not keep this file just now. Nothing was added. Try again later."))
    return None


@blueprint.post("/requests/administrative-review/evidence/<file_id>/removal")
@signed_in
def evidence_removal(file_id: str) -> ResponseReturnValue:
    """Take a file out again."""
    found = my_draft(KIND, lock=True)
    if found is None or not remove_evidence(db(), found[0], file_id, clock.now()):
        abort(404)
    return redirect(url_for("requests.review_evidence"))


@blueprint.get("/requests/<number>/evidence/<file_id>")
@signed_in
def evidence_file(number: str, file_id: str) -> ResponseReturnValue:
    """One's own file, as it was cleaned, to save (UPL-3)."""
    person()
    services = context()
    store = EvidenceStore(services.settings.evidence_url)
    try:
        file = open_own_file(db(), services.sealer, store, actor(), number, file_id)
    except LookupError:
        abort(404)
    except OSError:
        log.exception("evidence_out_of_reach")
        abort(503)
    response: Response = send_file(
        file.stream(), file.media_type, as_attachment=True, download_name=file.name, max_age=0
    )
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    response.headers.pop("ETag", None)
    return response
