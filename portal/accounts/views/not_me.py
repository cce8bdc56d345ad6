"""The link "this wasn't me" of a security mail, and what comes after it."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import disown as service
from portal.accounts import link_cookie
from portal.accounts.views.blueprint import FEW, blueprint
from portal.web import clock, context, db
from portal.web.access import public
from portal.web.forms import EmptyForm
from portal.web.limits import limiter


@blueprint.route("/not-me", methods=["GET", "POST"])
@public
@limiter.limit(FEW, methods=["POST"])
def not_me() -> ResponseReturnValue:
    """Opening the link changes nothing, the button does (LNK-4)."""
    moved = link_cookie.take("accounts.not_me")
    if moved is not None:
        return moved
    found = service.find_link(db(), context(), link_cookie.held(), clock.now())
    form = EmptyForm()
    if found is None:
        return render_template("accounts/not_me_dead.html"), 410
    if form.validate_on_submit() and service.disown(db(), context(), *found, clock.now()):
        return link_cookie.drop(redirect(url_for("accounts.not_me_done")))
    return render_template("accounts/not_me.html", form=form)


@blueprint.get("/not-me/done")
@public
def not_me_done() -> ResponseReturnValue:
    """Everyone was signed out; the way to a new password is in the mail."""
    minutes = context().settings.link_minutes
    return render_template("accounts/not_me_done.html", minutes=minutes)


@blueprint.get("/sign-in/new-password")
@public
def new_password_due() -> ResponseReturnValue:
    """The password was right, but is not taken any more: the way to a new one."""
    return render_template("accounts/new_password_due.html")
