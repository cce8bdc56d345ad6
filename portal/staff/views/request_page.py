"""A request of a parent: everything about it on one page, and the small steps."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.notices.letter_pdf import CannotPrint
from portal.requests.forms import countries
from portal.security.permissions import Permission
from portal.staff import ask_for_more, mark_request, notes, refuse_request
from portal.staff.ledger_beside import ledger_beside
from portal.staff.read_request import read_request
from portal.staff.request_forms import MoreForm, NoteForm, RefusalForm, plain
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


@blueprint.get("/requests/<number>")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def request_page(number: str) -> ResponseReturnValue:
    """The parent's words and evidence beside the record, the history, notes, what can be done."""
    return _shown(number, NoteForm())


@blueprint.post("/requests/<number>/notes")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def request_note(number: str) -> ResponseReturnValue:
    """A note for colleagues."""
    form = NoteForm()
    if not form.validate():
        return _shown(number, form)
    notes.add_note(db(), context().sealer, worker(), number, plain(form.words.data), clock.now())
    return redirect(url_for("staff.request_page", number=number, _anchor="notes"))


@blueprint.route("/requests/<number>/more-information", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
@on_request
def request_more(number: str) -> ResponseReturnValue:
    """Ask the parent for more."""
    now, late = clock.now(), None
    form = MoreForm(data={"until": ask_for_more.usual_day(context().agency, now)})
    if form.validate_on_submit() and form.until.data:
        try:
            ask_for_more.ask_for_more(
                db(), context(), worker(), number, posted_version(),
                plain(form.words.data), form.until.data, now,
            )  # fmt: skip
        except CannotPrint as problem:
            form.words.errors = [why_not_printed(problem)]
        except REFUSALS as problem:
            late = conflict(problem)
        else:
            flash(_("The parent was asked. A letter is in their account."), "success")
            return redirect(url_for("staff.request_page", number=number))
    seen = read_request(db(), context(), worker(), requested(), now)
    page = render_template("staff/request_more.html", form=form, seen=seen, conflict=late)
    return (page, 409) if late else page


@blueprint.route("/requests/<number>/refusal", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
@on_request
def request_refusal(number: str) -> ResponseReturnValue:
    """Refuse a request that is not decided, with the reason."""
    form, late = RefusalForm(), None
    if form.validate_on_submit():
        try:
            reason = plain(form.reason.data)
            refuse_request.refuse_request(
                db(), context(), worker(), number, posted_version(), reason, clock.now()
            )
        except CannotPrint as problem:
            form.reason.errors = [why_not_printed(problem)]
        except REFUSALS as problem:
            late = conflict(problem)
        else:
            flash(_("The request was refused. A letter says why."), "success")
            return redirect(url_for("staff.request_page", number=number))
    seen = read_request(db(), context(), worker(), requested(), clock.now())
    page = render_template("staff/request_refusal.html", form=form, seen=seen, conflict=late)
    return (page, 409) if late else page


@blueprint.post("/requests/<number>/receipt")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def request_received(number: str) -> ResponseReturnValue:
    """Say that the agency has it."""
    try:
        mark_request.mark_received(db(), context(), worker(), number, posted_version(), clock.now())
    except REFUSALS as problem:
        return conflict_page(number, problem)
    return redirect(url_for("staff.request_page", number=number))


@blueprint.post("/requests/<number>/completion")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def request_applied(number: str) -> ResponseReturnValue:
    """Say that the agency's own system carries it."""
    try:
        mark_request.mark_applied(db(), context(), worker(), number, posted_version(), clock.now())
    except REFUSALS as problem:
        return conflict_page(number, problem)
    flash(_("Marked as done in our system. The parent is told."), "success")
    return redirect(url_for("staff.request_page", number=number))


def _shown(number: str, form: NoteForm) -> ResponseReturnValue:
    seen = read_request(db(), context(), worker(), requested(), clock.now())
    country = seen.change.address.country if seen.change else "US"
    return render_template(
        "staff/request_page.html",
        seen=seen,
        form=form,
        beside=ledger_beside(db(), context(), seen, clock.now()),
        country=None if country == "US" else dict(countries()).get(country, country),
        person=context().opaque.hide("person", seen.sender.participant_id, within=worker().id),
    )
