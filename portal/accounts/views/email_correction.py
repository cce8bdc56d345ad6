"""Confirming the new e-mail address that two of the staff let begin (RCV-2)."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import email_correction as service
from portal.accounts import link_cookie
from portal.accounts.views.blueprint import FEW, blueprint
from portal.web import clock, context, db
from portal.web.access import public
from portal.web.forms import EmptyForm
from portal.web.limits import limiter


@blueprint.route("/sign-in/email-correction/confirmation", methods=["GET", "POST"])
@public
@limiter.limit(FEW, methods=["POST"])
def correction_confirmation() -> ResponseReturnValue:
    """The link of the new address: opening it changes nothing, the button does (LNK-4)."""
    moved = link_cookie.take("accounts.correction_confirmation")
    if moved is not None:
        return moved
    found = service.find_confirm_link(db(), context(), link_cookie.held(), clock.now())
    form = EmptyForm()
    if found is not None and form.validate_on_submit():
        if service.confirm(db(), *found, clock.now()):
            return link_cookie.drop(redirect(url_for("accounts.correction_confirmed")))
        found = None
    if found is None:
        return render_template("accounts/correction_dead.html"), 410
    return render_template("accounts/correction_confirmation.html", form=form)


@blueprint.get("/sign-in/email-correction/confirmed")
@public
def correction_confirmed() -> ResponseReturnValue:
    """What happens next."""
    return render_template("accounts/correction_confirmed.html")
