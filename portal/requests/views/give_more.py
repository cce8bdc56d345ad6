"""Sending what a caseworker asked for."""

from __future__ import annotations

from typing import Any

import structlog
from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter.util import get_remote_address
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict
from wtforms import TextAreaField
from wtforms.validators import Length

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
from portal.requests.give_more import (
    MOST_WORDS,
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
from portal.requests.words import REFUSED_FILES
from portal.web import begin_writing, clock, context, db, kept_work, reads_first
from portal.web.access import signed_in
from portal.web.forms import PortalForm
from portal.web.limits import limiter

log = structlog.get_logger()


def _uploader() -> str:
    """Whose uploads are counted: the account's (this is asked before the guard answers)."""
    return str(getattr(actor(), "id", None) or get_remote_address())


class MoreForm(PortalForm):
    """Words, and one file at a time."""

    words = TextAreaField(
        _l("Your answer"),
        validators=[Length(max=MOST_WORDS, message=_l("Use 4,000 letters or fewer"))],
    )
    file = FileField(_l("Photo or PDF"))


@blueprint.route("/requests/<number>/more-information", methods=["GET", "POST"])
@limiter.limit("120 per hour", key_func=_uploader, methods=["POST"])
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
    parts: list[Any] = [request.files, request.form]
    form = MoreForm(formdata=CombinedMultiDict(parts))
    if not form.validate():
        return _shown(submission, form)
    try:
        stored = _stored(submission, form) if request.files.get("file") else None
        begin_writing()
        return _kept(number, form, stored)
    except (FileRefused, TooManyFiles, AlreadyAdded, EvidenceNotStored) as problem:
        form.file.errors = [_in_words(problem)]
        return _shown(_own(number), form)


def _stored(submission: Submission, form: MoreForm) -> StoredFile:
    """The file cleaned and in the store; no row names it yet."""
    services = context()
    answer = find_answer(db(), submission, lock=False)
    check_room(db(), actor().id, answer.id if answer else "", clock.now())
    data = form.file.data.stream.read(MOST_BYTES + 1)
    cleaned = clean_upload(form.file.data.filename or "", data)
    return StoredFile(cleaned, EvidenceStore(services.settings.evidence_url), services.sealer)


def _kept(number: str, form: MoreForm, stored: StoredFile | None) -> ResponseReturnValue:
    """Keep the file and the words, and send them where that was pressed."""
    services, now = context(), clock.now()
    words = "\n".join((form.words.data or "").strip().splitlines())
    submission = own_asked_request(db(), actor(), number, lock=True)
    kept_work.forget(db(), actor().id, request.path)
    try:
        check_open(submission)
        answer = begin_answer(db(), services.sealer, submission, now)
        if stored is not None:
            scanned = bool(services.settings.scanner_url)
            add_evidence(db(), services.sealer, answer, stored, now, is_scanned=scanned)
        keep_words(db(), services.sealer, answer, words, now)
        if request.form.get("action") != "send":
            return redirect(url_for("requests.more_information", number=number))
        give_more(db(), services.sealer, actor(), number, words, now)
    except NothingToSend:
        form.words.errors = [_("Write an answer, or add a photo or paper")]
        return _shown(submission, form)
    except IllegalTransition:
        pass  # sent in another window, decided or taken back meanwhile: its page says so
    return redirect(url_for("requests.show", number=number))


def _in_words(problem: Exception) -> str:
    if isinstance(problem, FileRefused):
        return str(REFUSED_FILES[problem.why])
    if isinstance(problem, TooManyFiles):
        return str(
            _("That is enough files: %(most)s for a request, and some more a day.", most=MOST_FILES)
        )
    if isinstance(problem, AlreadyAdded):
        return str(_("You already added this file. It is called “%(name)s”.", name=problem.name))
    log.error("evidence_not_stored", exc_info=problem)
    return str(_("We could not keep this file just now. Nothing was added. Try again later."))


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
    answer = find_answer(db(), submission, lock=False)
    sealer = context().sealer
    files = files_of_draft(db(), answer.id) if answer else []
    return render_template(
        "requests/more_information.html",
        number=submission.number,
        asked=asked_of(db(), sealer, submission),
        form=form,
        files=[(file, name_of(sealer, file)) for file in files],
        most=MOST_FILES,
    )
