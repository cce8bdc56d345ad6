"""Asking for a new PIN."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.ask_new_pin import ask_new_pin
from portal.accounts.forms.register import PersonForm
from portal.accounts.views.blueprint import FEW, blueprint
from portal.web import clock, context, db
from portal.web.access import public
from portal.web.limits import limiter


@blueprint.route("/new-pin", methods=["GET", "POST"])
@public
@limiter.limit(FEW, methods=["POST"])
def new_pin() -> ResponseReturnValue:
    """Whatever is asked, the answer is the same (ENU-1)."""
    form = PersonForm()
    if form.validate_on_submit():
        born = form.birth_date.data
        assert born is not None
        ask_new_pin(db(), context(), form.ssn.data or "", born, clock.now())
        return redirect(url_for("accounts.new_pin_asked"))
    return render_template("accounts/new_pin.html", form=form)


@blueprint.get("/new-pin/asked")
@public
def new_pin_asked() -> ResponseReturnValue:
    """If the record has the person, a letter goes out."""
    return render_template("accounts/new_pin_asked.html")
