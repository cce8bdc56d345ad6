"""Answering a closing notice, step by step."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import CombinedMultiDict

from portal.notices.portal_letters import OwnLetter, find_letter, letter_token
from portal.requests.add_evidence import MOST_FILES, files_of_draft, name_of, remove_evidence
from portal.requests.answer_closing import (
    KIND,
    NotToAnswer,
    answer_from_draft,
    check_answerable,
    file_closing_answer,
    letter_answered,
)
from portal.requests.drafts import begin_draft, discard_draft, save_draft
from portal.requests.forms import ClosingAnswerForm, EvidenceForm
from portal.requests.submit import NotReadyToSend
from portal.requests.views.blueprint import actor, blueprint, my_draft, person
from portal.requests.views.evidence import add_upload, uploader
from portal.rules.deadlines import days_left
from portal.web import clock, context, db, reads_first
from portal.web.access import signed_in
from portal.web.limits import limiter


@blueprint.route("/requests/closing-response/letters/<letter>", methods=["GET", "POST"])
@signed_in
def closing_response(letter: str) -> ResponseReturnValue:
    """Why the case should stay open."""
    found = _letter(letter)
    try:
        check_answerable(db(), actor(), found, clock.today())
    except NotToAnswer:
        return redirect(url_for("cases.portal_letter", letter=letter))
    begun = my_draft(KIND, lock=request.method == "POST")
    about = letter_answered(found)
    is_same = begun is not None and begun[1].get("letter") == about
    form = ClosingAnswerForm(data={"words": begun[1].get("words", "")} if begun and is_same else {})
    if form.validate_on_submit():
        if begun and not is_same:
            discard_draft(db(), begun[0])
        draft = begun[0] if begun and is_same else None
        if draft is None:
            draft = begin_draft(db(), context().sealer, actor().id, KIND, clock.now())
        words = "\n".join((form.words.data or "").strip().splitlines())
        save_draft(db(), context().sealer, draft, clock.now(), letter=about, words=words)
        return redirect(url_for("requests.closing_evidence"))
    assert found.respond_by is not None
    left = days_left(found.respond_by, clock.today())
    return render_template(
        "requests/closing_response.html", form=form, letter=found, token=letter, days_left=left
    )


@blueprint.route("/requests/closing-response/evidence", methods=["GET", "POST"])
@limiter.limit("120 per hour", key_func=uploader, methods=["POST"])
@signed_in
@reads_first
def closing_evidence() -> ResponseReturnValue:
    """Photos and PDFs that go with it."""
    found = my_draft(KIND)
    if found is None or answer_from_draft(found[1]) is None:
        return redirect(url_for("requests.index"))
    # Given its data, the form writes nothing yet: this view still only reads.
    parts: list[Any] = [request.files, request.form]
    is_post = request.method == "POST"
    form = EvidenceForm(formdata=CombinedMultiDict(parts) if is_post else None)
    goes_on = request.form.get("action") == "continue"
    if is_post and goes_on and not request.files.get("file"):
        return redirect(url_for("requests.closing_check"))
    if form.validate_on_submit():
        problem = add_upload(form, KIND)
        if problem is None:
            here = "requests.closing_evidence"
            return redirect(url_for("requests.closing_check" if goes_on else here))
        form.file.errors = [problem]
    return render_template("requests/closing_evidence.html", form=form, most=MOST_FILES, **_begun())


@blueprint.post("/requests/closing-response/evidence/<file_id>/removal")
@signed_in
def closing_evidence_removal(file_id: str) -> ResponseReturnValue:
    """Take a file out again."""
    found = my_draft(KIND, lock=True)
    if found is None or not remove_evidence(db(), found[0], file_id, clock.now()):
        abort(404)
    return redirect(url_for("requests.closing_evidence"))


@blueprint.route("/requests/closing-response/check", methods=["GET", "POST"])
@signed_in
def closing_check() -> ResponseReturnValue:
    """Check your answer, and send."""
    person()
    if request.method == "POST":
        return _send(request.form.get("draft", ""))
    found = my_draft(KIND)
    answer = answer_from_draft(found[1]) if found else None
    if answer is None:
        return redirect(url_for("requests.index"))
    left = days_left(answer.last_day, clock.today())
    return render_template("requests/closing_check.html", answer=answer, days_left=left, **_begun())


def _send(draft_id: str) -> ResponseReturnValue:
    services = context()
    try:
        sent = file_closing_answer(
            db(), services.sealer, services.agency, actor(), draft_id, clock.now()
        )
    except NotReadyToSend:
        return redirect(url_for("requests.index"))
    except NotToAnswer:
        return render_template("requests/closing_too_late.html"), 409
    except LookupError:
        abort(404)
    return redirect(url_for("requests.receipt", number=sent.number))


def _begun() -> dict[str, Any]:
    """The draft with its files, and the letter's address."""
    found, services = my_draft(KIND), context()
    assert found is not None
    draft, data = found
    files = files_of_draft(db(), draft.id)
    return {
        "draft": draft,
        "files": [(file, name_of(services.sealer, file)) for file in files],
        "token": letter_token(services.opaque, person(), data["letter"]["letter_id"]),
    }


def _letter(token: str) -> OwnLetter:
    """The person's own letter, or 404 (ACL-1)."""
    services = context()
    try:
        return find_letter(db(), services.sealer, services.opaque, person(), token)
    except LookupError:
        abort(404)
