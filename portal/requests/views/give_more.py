"""Sending what a caseworker asked for."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.requests.add_evidence import MOST_FILES, StoredFile, remove_evidence
from portal.requests.forms import MoreForm
from portal.requests.give_more import (
    NothingToSend,
    asked_of,
    begin_answer,
    check_open,
    find_answer,
    give_more,
    keep_words,
    own_asked_request,
    words_of,
)
from portal.requests.lifecycle import IllegalTransition
from portal.requests.models import Submission
from portal.requests.views.blueprint import actor, blueprint, person
from portal.requests.views.taking_files import (
    NOT_TAKEN,
    forget,
    name_in,
    named_files,
    named_or_forgotten,
    posted,
    store_for,
    uploader,
    why_not,
)
from portal.web import begin_writing, clock, context, db, kept_work, reads_first
from portal.web.access import signed_in
from portal.web.limits import limiter


@blueprint.route("/requests/<number>/more-information", methods=["GET", "POST"])
@limiter.limit("120 per hour", key_func=uploader, methods=["POST"])
@signed_in
@reads_first
def more_information(number: str) -> ResponseReturnValue:
    """What was asked for, and the form to answer: words and files."""
    submission = _own(number)
    try:
        check_open(submission)
    except IllegalTransition:
        return redirect(url_for("requests.show", number=number))
    if request.method != "POST":
        answer = find_answer(db(), submission, lock=False)
        return _shown(submission, MoreForm(data={"words": words_of(context().sealer, answer)}))
    form = MoreForm(formdata=posted())
    if not form.validate():
        return _shown(submission, form)
    try:
        stored = None
        if request.files.get("file"):
            stored = store_for(find_answer(db(), submission, lock=False), form.file.data)
        with named_or_forgotten(stored):
            begin_writing()
            return _kept(number, form, stored)
    except NOT_TAKEN as problem:
        form.file.errors = [why_not(problem)]
        return _shown(_own(number), form)


def _kept(number: str, form: MoreForm, stored: StoredFile | None) -> ResponseReturnValue:
    """Keep the file and the words, and send them where that was pressed."""
    services, now = context(), clock.now()
    submission = own_asked_request(db(), actor(), number, lock=True)
    kept_work.forget(db(), actor().id, request.path)
    try:
        check_open(submission)
        answer = begin_answer(db(), services.sealer, submission, now)
        if stored is not None:
            name_in(answer, stored)
        keep_words(db(), services.sealer, answer, form.words.data or "", now)
        if request.form.get("action") != "send":
            return redirect(url_for("requests.more_information", number=number))
        give_more(db(), services.sealer, actor(), number, form.words.data or "", now)
    except NothingToSend:
        form.words.errors = [_("Write an answer, or add a photo or paper")]
        return _shown(submission, form)
    except IllegalTransition:
        forget(stored)  # sent in another window, decided or taken back meanwhile: its page says so
    return redirect(url_for("requests.show", number=number))


@blueprint.post("/requests/<number>/more-information/files/<file_id>/removal")
@signed_in
def more_information_removal(number: str, file_id: str) -> ResponseReturnValue:
    """Take a file out again, before it is sent."""
    answer = find_answer(db(), _own(number))
    if answer is None or not remove_evidence(db(), answer, file_id, clock.now()):
        abort(404)
    return redirect(url_for("requests.more_information", number=number))


def _own(number: str) -> Submission:
    person()
    try:
        return own_asked_request(db(), actor(), number)
    except LookupError:
        abort(404)


def _shown(submission: Submission, form: MoreForm) -> ResponseReturnValue:
    return render_template(
        "requests/more_information.html",
        number=submission.number,
        asked=asked_of(db(), context().sealer, submission),
        form=form,
        files=named_files(find_answer(db(), submission, lock=False)),
        most=MOST_FILES,
        today=clock.today(),
    )
