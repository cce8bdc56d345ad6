"""The mailed link of a sign-up: opening it changes nothing, the button makes the account."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from portal.accounts import link_cookie
from portal.accounts.confirm_registration import Refusal, confirm_registration, find_link
from portal.accounts.forms.register import ConfirmForm
from portal.accounts.views.blueprint import FEW, blueprint, go_on
from portal.accounts.views.register import step_names
from portal.web import clock, context, current_session, db, reads_first
from portal.web.access import public
from portal.web.limits import limiter
from portal.web.two_edges import edges


@blueprint.route("/register/confirmation", methods=["GET", "POST"])
@public
@limiter.limit(FEW, methods=["POST"])
@reads_first
def register_confirm() -> ResponseReturnValue:
    """Confirm with the password just chosen; the account begins, signed in by half."""
    moved = link_cookie.take("accounts.register_confirm")
    if moved is not None:
        return moved
    token, now = link_cookie.held(), clock.now()
    form = ConfirmForm()
    if find_link(db(), context(), token, now) is None:
        return render_template("accounts/dead_link.html", again="accounts.register"), 410
    if form.validate_on_submit():
        result = confirm_registration(edges(), context(), token, form.password.data or "", now)
        if result.account is not None:
            current_session().sign_in(result.account.id)
            login_user(result.account)
            return link_cookie.drop(go_on())
        if result.refusal in (Refusal.DEAD_LINK, Refusal.NOT_POSSIBLE):
            page = render_template("accounts/dead_link.html", again="accounts.register")
            return link_cookie.drop_from(page, 410)
        form.password.errors = (_words(result.refusal),)
    steps = step_names()
    return render_template(
        "accounts/register_confirm.html", form=form, steps=steps, step=len(steps)
    )


def _words(refusal: Refusal | None) -> str:
    if refusal is Refusal.TOO_MANY:
        return str(_("There were too many tries. Wait a while and try again"))
    return str(_("Enter the password you chose when you registered"))
