"""A code by text message on the way in, and once more before a sensitive change."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import device_cookie, text_factor
from portal.accounts.check_code import check_code
from portal.accounts.forms.fields import CodeForm
from portal.accounts.views.blueprint import blueprint, go_on, let_in, me, wait_words
from portal.web import clock, context, db
from portal.web.access import half_signed_in, is_own_path, signed_in


@blueprint.post("/sign-in/text-code/message")
@half_signed_in(step="accounts.code")
def text_code_message() -> ResponseReturnValue:
    """Send a code to the confirmed phone; only after the password was right."""
    if not text_factor.can_send(context(), me()):
        return redirect(url_for("accounts.code"))
    _send()
    return redirect(url_for("accounts.text_code"))


@blueprint.route("/sign-in/text-code", methods=["GET", "POST"])
@half_signed_in(step="accounts.code")
def text_code() -> ResponseReturnValue:
    """The code that was sent."""
    if not text_factor.can_send(context(), me()):
        return redirect(url_for("accounts.code"))
    form = CodeForm()
    if form.validate_on_submit():
        now, device = clock.now(), device_cookie.held()
        answer = check_code(db(), context(), me(), form.code.data or "", now, device)
        wrong = _("Enter the six digits of the newest message. Each code works once")
        if let_in(form.code, answer, now, wrong):
            return go_on()
    return render_template(
        "accounts/text_code.html",
        form=form,
        ending=text_factor.last_digits(context(), me()),
        minutes=text_factor.MINUTES,
    )


@blueprint.post("/account/authentication/text-code")
@signed_in
def authenticate_text_code() -> ResponseReturnValue:
    """Send a code to type beside the password (SES-6)."""
    wanted = request.args.get("next")
    if _send():
        flash(_("We sent a code to your phone."), "success")
    return redirect(url_for("accounts.authenticate", next=wanted if is_own_path(wanted) else None))


def _send() -> bool:
    """Send a code, or say on the next page how long to wait."""
    if not text_factor.can_send(context(), me()):
        abort(404)
    now = clock.now()
    closed_until = text_factor.send_code(db(), context(), me(), now)
    if closed_until is not None:
        flash(wait_words(closed_until, now), "error")
    return closed_until is None
