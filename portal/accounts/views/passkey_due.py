"""The passkey that an agency demands of its staff, made before any page of theirs opens (ACL-3)."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.add_passkey import add_first_passkey, offer
from portal.accounts.forms.passkeys import PasskeyForm
from portal.accounts.views.blueprint import blueprint, complete_sign_in, go_on, me, this_browser
from portal.accounts.views.passkeys import browser_token, default_name, refused_words
from portal.web import clock, context, current_session, db
from portal.web.access import half_signed_in


@blueprint.route("/sign-in/passkey-due", methods=["GET", "POST"])
@half_signed_in(step="accounts.passkey_due")
def passkey_due() -> ResponseReturnValue:
    """Of whoever gave the app's code, or has no second factor at all; nothing else is offered."""
    form = PasskeyForm()
    if form.validate_on_submit():
        if _added(form.credential.data or ""):
            return go_on()
        flash(refused_words(), "error")
        return redirect(url_for("accounts.passkey_due"))
    return render_template("accounts/passkey_due.html")


@blueprint.post("/sign-in/passkey-due/options")
@half_signed_in(step="accounts.passkey_due")
def passkey_due_options() -> ResponseReturnValue:
    """What the device is asked to make, with a fresh challenge (PKY-1)."""
    return offer(db(), context(), me(), browser_token(), clock.now())


def _added(answer: str) -> bool:
    row = current_session().row
    had_factor = row is not None and row.second_factor_at is not None
    added = add_first_passkey(
        db(), context(), me(), browser_token(), answer, default_name(), clock.now(), this_browser()
    )
    if added is not None and not had_factor:
        complete_sign_in(me())
    return added is not None
