"""One's own statements for others: make one, see what was made, save it, take it back."""

from __future__ import annotations

import secrets

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.addresses import address
from portal.accounts.reauthentication import recently_authenticated
from portal.accounts.views.blueprint import me, wait_words
from portal.cases.page import case_for, render_case
from portal.ledger.case_view import CaseView
from portal.statements import own_shared as service
from portal.statements import shared_pages
from portal.statements.check_statement import State
from portal.statements.codes import spelled
from portal.statements.forms import ShareForm
from portal.statements.own_shared import OwnShared
from portal.statements.periods import default_period
from portal.statements.share_statement import CHECK_PAGE, TooMany, prepare, share
from portal.statements.shareable import NothingToShow
from portal.statements.views.blueprint import blueprint, person
from portal.statements.views.own import period_form
from portal.web import begin_writing, clock, context, db, reads_first
from portal.web.access import signed_in
from portal.web.downloads import saved_file
from portal.web.forms import EmptyForm


@blueprint.route("/cases/<case>/statements/new", methods=["GET", "POST"])
@signed_in
@recently_authenticated
@reads_first
def new_statement(case: str) -> ResponseReturnValue:
    """Make a statement for others, of a period. It opens case data to whoever is handed the code,
    so its owner proves to be present (SES-6)."""
    view = case_for(case)
    form = ShareForm(view)
    if request.method == "GET" and not form.was_kept:
        _fill_in(form, view)
    elif form.validate_on_submit():
        token = _make(view, form)
        if token is not None:
            return redirect(url_for("statements.shared_statement", statement=token))
    return render_case("statements/new_statement.html", view, form=form)


@blueprint.get("/statements")
@signed_in
def shared() -> ResponseReturnValue:
    """All that one made for others, on all cases."""
    found = service.own_shared(db(), context(), person(), clock.now())
    return render_template("statements/shared.html", found=found)


@blueprint.get("/statements/<statement>")
@signed_in
def shared_statement(statement: str) -> ResponseReturnValue:
    """One of them: its code, what it says in short, how often it was checked."""
    return render_template(
        "statements/shared_statement.html",
        it=_own(statement),
        pages=shared_pages,
        spelled=spelled,
        check_address=address(context(), CHECK_PAGE),
    )


@blueprint.get("/statements/<statement>/statement.pdf")
@signed_in
def shared_file(statement: str) -> ResponseReturnValue:
    """The file to hand on; none of one that was taken back or does not hold."""
    found = _own(statement)
    if found.state is not State.VALID or found.days is None:
        abort(404)
    pdf = service.open_file(db(), context(), person(), statement)
    name = f"statement-{found.days.made_on.isoformat()}.pdf"
    return saved_file(pdf, "application/pdf", name)


@blueprint.route("/statements/<statement>/removal", methods=["GET", "POST"])
@signed_in
def take_back(statement: str) -> ResponseReturnValue:
    """Take one back, at once and with nothing more to prove: it only closes."""
    found, form = _own(statement), EmptyForm()
    if form.validate_on_submit():
        service.take_back(db(), context(), me(), statement, clock.now())
        flash(_("The statement was ended. Whoever checks it now is told so."), "success")
        return redirect(url_for("statements.shared"))
    return render_template("statements/take_back.html", it=found, form=form)


def _own(token: str) -> OwnShared:
    """The person's own statement, or 404, alike for all who may not (ACL-1)."""
    try:
        return service.find_own(db(), context(), person(), token, clock.now())
    except LookupError:
        abort(404)


def _make(view: CaseView, form: ShareForm) -> str | None:
    """Keep the statement; its token, or None with the reason at the form."""
    now = clock.now()
    try:
        prepared = prepare(db(), context(), view, form.period, now)
    except NothingToShow:
        form.last.errors = [_("Our records have no figures in that time. Choose another one")]
        return None
    begin_writing()
    try:
        made = share(db(), context(), me(), prepared, form.once.data or "", now)
    except TooMany as error:
        form.last.errors = [wait_words(error.until, now)]
        return None
    return service.shared_token(context().opaque, view.participant_id, made.id)


def _fill_in(form: ShareForm, view: CaseView) -> None:
    """The period that the page of statements showed, if any, and a word of the form's own."""
    shown = period_form(view)
    chosen = shown.period if shown.validate() else default_period(view)
    form.first.data, form.last.data = chosen.first, chosen.last
    form.once.data = secrets.token_urlsafe(32)
