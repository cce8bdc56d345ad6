"""Answering a question."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.notices.letter_pdf import CannotPrint
from portal.requests.lifecycle import IllegalTransition
from portal.security.permissions import Permission
from portal.staff import answer_question as answering
from portal.staff.ledger_beside import ledger_beside
from portal.staff.read_request import read_request
from portal.staff.request_forms import AnswerForm, plain
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.views.not_printed import why_not_printed
from portal.staff.views.on_request import (
    REFUSALS,
    conflict,
    conflict_page,
    on_request,
    posted_version,
    requested,
)
from portal.web import clock, context, db
from portal.web.access import staff_only


@blueprint.route("/requests/<number>/answer", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
@on_request
def answer_question(number: str) -> ResponseReturnValue:
    """The question, and the answer to it by letter."""
    form, late = AnswerForm(), None
    try:
        answering.check_is_question(requested())
    except IllegalTransition as problem:
        if request.method != "POST":
            return redirect(url_for("staff.request_page", number=number))
        return conflict_page(number, problem, form.words.data or "")
    if form.validate_on_submit():
        words = plain(form.words.data)
        try:
            answering.answer_question(
                db(), context(), worker(), number, posted_version(), words, clock.now()
            )
        except CannotPrint as problem:
            form.words.errors = [why_not_printed(problem)]
        except REFUSALS as problem:
            late = conflict(problem)
        else:
            flash(_("Answered. The letter is in the parent's account."), "success")
            return redirect(url_for("staff.request_page", number=number))
    seen = read_request(db(), context(), worker(), requested(), clock.now())
    beside = ledger_beside(db(), context(), seen, clock.now())
    page = render_template(
        "staff/answer_question.html", form=form, seen=seen, conflict=late, beside=beside
    )
    return (page, 409) if late else page
