"""Deciding a review: the answers line by line, the letter looked at, and sent."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.notices.letter_pdf import CannotPrint
from portal.requests.lifecycle import IllegalTransition
from portal.rules.transitions import Event
from portal.security.permissions import Permission
from portal.staff import decide
from portal.staff.decided import Incomplete, decision_from
from portal.staff.decision_draft import (
    StaleDraft,
    disputed_lines,
    read_decision,
    save_decision,
)
from portal.staff.decision_letter import line_in_words
from portal.staff.evidence_pictures import CannotDraw, draw_page
from portal.staff.ledger_beside import ledger_beside
from portal.staff.read_request import read_request
from portal.staff.request_forms import DecisionForm
from portal.staff.steps import check_step
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.views.evidence import picture
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
from portal.web.downloads import saved_file


@blueprint.route("/requests/<number>/decision", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
@on_request
def decision(number: str) -> ResponseReturnValue:
    """The answers, line by line: saved as they are, or on to the letter."""
    submission = requested()
    is_post = request.method == "POST"
    try:
        check_step(submission, Event.DENIED)
    except IllegalTransition as problem:
        if not is_post:
            return redirect(url_for("staff.request_page", number=number))
        return conflict_page(number, problem, *_all_typed())
    form = DecisionForm(read_decision(db(), context().sealer, submission))
    if not is_post or not form.validate():
        return _form(number, form)
    return _saved(number, form)


def _saved(number: str, form: DecisionForm) -> ResponseReturnValue:
    """Keep what was typed; on to the letter once nothing is missing."""
    sealer, draft_version = context().sealer, posted_version("draft")
    try:
        save_decision(db(), sealer, worker(), number, draft_version, form.typed(), clock.now())
    except (*REFUSALS, StaleDraft) as problem:
        return _form(number, form, problem)
    if request.form.get("action") != "letter":
        flash(_("Saved. Nothing was sent."), "success")
        return redirect(url_for("staff.decision", number=number))
    try:
        decision_from(disputed_lines(sealer, requested()), form.typed())
    except Incomplete as problem:
        form.show_problems(problem.problems)
        return _form(number, form)
    return redirect(url_for("staff.decision_letter", number=number))


@blueprint.get("/requests/<number>/decision/letter")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def decision_letter(number: str) -> ResponseReturnValue:
    """The letter as the parent will read it, and the button that sends it."""
    try:
        pdf = _preview(number)
        pages = draw_page(pdf).pages
    except CannotPrint as problem:
        flash(why_not_printed(problem), "error")
        return redirect(url_for("staff.decision", number=number))
    except Incomplete:
        return redirect(url_for("staff.decision", number=number))
    except IllegalTransition:
        return redirect(url_for("staff.request_page", number=number))
    seen = read_request(db(), context(), worker(), requested(), clock.now())
    drafted = read_decision(db(), context().sealer, seen.submission)
    return render_template("staff/decision_letter.html", seen=seen, pages=pages, drafted=drafted)


@blueprint.get("/requests/<number>/decision/letter/pages/<int:page>")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def decision_letter_picture(number: str, page: int) -> ResponseReturnValue:
    """A page of the letter as a picture."""
    try:
        return picture(draw_page(_preview(number), page).png)
    except (CannotDraw, CannotPrint, Incomplete, IllegalTransition):
        abort(404)


@blueprint.get("/requests/<number>/decision/letter/file")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def decision_letter_file(number: str) -> ResponseReturnValue:
    """The letter as it would be sent, as a PDF to save: marked by its name as not sent."""
    try:
        pdf = _preview(number)
    except (CannotPrint, Incomplete, IllegalTransition):
        abort(404)
    return saved_file(pdf, "application/pdf", f"not-sent-{number}.pdf")


@blueprint.post("/requests/<number>/decision/sending")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def decision_sending(number: str) -> ResponseReturnValue:
    """Decide as drafted and send the letter: once, however often it is pressed."""
    version, draft = posted_version(), posted_version("draft")
    try:
        decide.send_decision(db(), context(), worker(), number, version, draft, clock.now())
    except (*REFUSALS, StaleDraft) as problem:
        return conflict_page(number, problem)
    except (Incomplete, CannotPrint):
        return redirect(url_for("staff.decision", number=number))
    flash(_("Decided. The letter is in the parent's account."), "success")
    return redirect(url_for("staff.request_page", number=number))


def _preview(number: str) -> bytes:
    return decide.preview_decision(db(), context(), worker(), number, clock.now())


def _all_typed() -> list[str]:
    """What was typed into a form that nothing can be done with any more, for copying."""
    reasons = [text for name, text in request.form.items() if name.endswith("-reason")]
    return [*reasons, request.form.get("paragraphs", "")]


def _form(number: str, form: DecisionForm, problem: Exception | None = None) -> ResponseReturnValue:
    """The page with what was typed; beside it what a colleague saved meanwhile."""
    seen = read_request(db(), context(), worker(), requested(), clock.now())
    lines = disputed_lines(context().sealer, seen.submission)
    claims = iter(seen.comparison.claims if seen.comparison else ())
    disputed = iter(seen.disputed)
    page = render_template(
        "staff/decision.html",
        seen=seen,
        form=form,
        beside=ledger_beside(db(), context(), seen, clock.now()),
        lines=[
            (
                line,
                line_in_words(line, to_staff=True),
                next(claims, None) if line.payment else None,
                next(disputed, None) if line.dispute else None,
            )
            for line in lines
        ],
        drafted=read_decision(db(), context().sealer, seen.submission),
        conflict=conflict(problem) if problem else None,
        is_stale_draft=isinstance(problem, StaleDraft),
    )
    return (page, 409) if problem else page
