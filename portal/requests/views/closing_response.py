"""Answering a closing notice, step by step."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.ledger.case_view import view_behind
from portal.ledger.letters import find_letter as find_letter_of_record
from portal.ledger.letters import letters_shown
from portal.notices.portal_letters import find_letter
from portal.requests.add_evidence import MOST_FILES, remove_evidence
from portal.requests.answer_closing import (
    KIND,
    ClosingNotice,
    NotToAnswer,
    answer_from_draft,
    check_answerable,
    file_closing_answer,
)
from portal.requests.drafts import begin_draft, discard_draft, save_draft
from portal.requests.forms import ClosingAnswerForm
from portal.requests.submit import NotReadyToSend
from portal.requests.views.blueprint import actor, blueprint, my_draft, my_views, person
from portal.requests.views.taking_files import files_step, named_files, uploader
from portal.rules.deadlines import days_left
from portal.rules.vocabulary import NoticeKind
from portal.web import clock, context, db, reads_first
from portal.web.access import signed_in
from portal.web.limits import limiter


@blueprint.route("/requests/closing-response/letters/<letter>", methods=["GET", "POST"])
@blueprint.route("/requests/closing-response/<case>/letters/<letter>", methods=["GET", "POST"])
@signed_in
def closing_response(letter: str, case: str | None = None) -> ResponseReturnValue:
    """Why the case should stay open: to a letter of the portal, or of the record of a case."""
    found = _of_portal(letter) if case is None else _of_record(case, letter)
    read_at = (
        url_for("cases.portal_letter", letter=letter)
        if case is None
        else url_for("cases.letter", case=case, letter=letter)
    )
    if found is None:
        return redirect(read_at)
    try:
        check_answerable(db(), actor(), found, clock.today())
    except NotToAnswer:
        return redirect(read_at)
    begun = my_draft(KIND, lock=request.method == "POST")
    about = {**found.as_json(), "href": request.path}
    is_same = begun is not None and begun[1].get("letter") == about
    form = ClosingAnswerForm(data={"words": begun[1].get("words", "")} if begun and is_same else {})
    if form.validate_on_submit():
        if begun and not is_same:
            discard_draft(db(), begun[0])
        draft = begun[0] if begun and is_same else None
        if draft is None:
            draft = begin_draft(db(), context().sealer, actor().id, KIND, clock.now())
        kept = {"letter": about, "words": form.words.data}
        save_draft(db(), context().sealer, draft, clock.now(), **kept)
        return redirect(url_for("requests.closing_evidence"))
    return render_template(
        "requests/closing_response.html",
        form=form,
        notice=found,
        read_at=read_at,
        days_left=days_left(found.last_day, clock.today()),
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
    form, done = files_step(KIND, "requests.closing_evidence", "requests.closing_check")
    if done:
        return redirect(url_for(done))
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
    """The draft with its files, and the address of its first step."""
    found = my_draft(KIND)
    assert found is not None
    draft, data = found
    return {"draft": draft, "files": named_files(draft), "first_step": data["letter"]["href"]}


def _of_portal(token: str) -> ClosingNotice | None:
    """The person's own letter; None where it is no closing notice, 404 for another's (ACL-1)."""
    services = context()
    try:
        letter = find_letter(db(), services.sealer, services.opaque, person(), token)
    except LookupError:
        abort(404)
    if letter.kind != NoticeKind.CASE_CLOSURE.value or not letter.case_id or not letter.respond_by:
        return None
    return ClosingNotice(
        letter.id, letter.case_id, letter.dated_on, letter.respond_by, letter.title
    )


def _of_record(case: str, token: str) -> ClosingNotice | None:
    """The same for a letter of the agency's record."""
    opaque = context().opaque
    try:
        view = view_behind(opaque, my_views(), case)
    except LookupError:
        abort(404)
    letter = find_letter_of_record(opaque, view, letters_shown(db(), view), token)
    if letter is None:
        abort(404)
    if letter.kind is not NoticeKind.CASE_CLOSURE or letter.answer_by is None:
        return None
    title = letter.subject or _("Your letter")
    return ClosingNotice(letter.notice_id, view.case_id, letter.dated_on, letter.answer_by, title)
