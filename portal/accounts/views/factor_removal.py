"""Stopping the removal of every second factor that two of the staff began (RCV-2)."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import factor_removal as service
from portal.accounts import link_cookie
from portal.accounts.forms.sign_in import EmptyForm
from portal.accounts.views.blueprint import FEW, blueprint
from portal.web import clock, context, db
from portal.web.access import public
from portal.web.limits import limiter


@blueprint.route("/sign-in/factor-removal/cancellation", methods=["GET", "POST"])
@public
@limiter.limit(FEW, methods=["POST"])
def removal_cancellation() -> ResponseReturnValue:
    """Opening the link changes nothing, the button cancels (LNK-4)."""
    moved = link_cookie.take("accounts.removal_cancellation")
    if moved is not None:
        return moved
    found = service.find_cancel_link(db(), context(), link_cookie.held(), clock.now())
    form = EmptyForm()
    if found is None:
        return render_template("accounts/not_me_dead.html"), 410
    if form.validate_on_submit() and service.cancel(db(), *found, clock.now()):
        return link_cookie.drop(redirect(url_for("accounts.removal_cancelled")))
    return render_template("accounts/removal_cancellation.html", form=form)


@blueprint.get("/sign-in/factor-removal/cancelled")
@public
def removal_cancelled() -> ResponseReturnValue:
    """Nothing was changed."""
    return render_template("accounts/removal_cancelled.html")
