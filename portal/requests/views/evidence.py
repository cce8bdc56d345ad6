"""Files of a review: adding, taking out, and getting back one's own."""

from __future__ import annotations

import structlog
from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.requests.add_evidence import MOST_FILES, remove_evidence
from portal.requests.dispute_words import papers_for
from portal.requests.evidence_store import EvidenceStore
from portal.requests.file_review import KIND
from portal.requests.grounds import Ground
from portal.requests.open_file import open_own_file
from portal.requests.views.blueprint import actor, blueprint, my_draft, person
from portal.requests.views.taking_files import files_step, named_files, uploader
from portal.web import clock, context, db, reads_first
from portal.web.access import signed_in
from portal.web.downloads import saved_file
from portal.web.limits import limiter

log = structlog.get_logger()


@blueprint.route("/requests/administrative-review/evidence", methods=["GET", "POST"])
@limiter.limit("120 per hour", key_func=uploader, methods=["POST"])
@signed_in
@reads_first
def review_evidence() -> ResponseReturnValue:
    """Photos and PDFs that show it."""
    found = my_draft(KIND)
    if found is None or not found[1].get("grounds"):
        return redirect(url_for("requests.review_grounds"))
    form, done = files_step(KIND, "requests.review_evidence", "requests.review_check")
    if done:
        return redirect(url_for(done))
    draft, data = found
    return render_template(
        "requests/review_evidence.html",
        form=form,
        files=named_files(draft),
        most=MOST_FILES,
        helpful=papers_for(Ground(it) for it in data["grounds"]),
    )


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
    return saved_file(file.data, file.media_type, file.name)
