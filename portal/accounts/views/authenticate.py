"""Proving again that one is present, before a sensitive change (SES-6)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import device_cookie, text_factor
from portal.accounts.check_code import check_card_code, check_code, check_recovery_code
from portal.accounts.forms.sign_in import AuthenticateForm
from portal.accounts.sign_in import own_password_is_right
from portal.accounts.views.blueprint import blueprint, me
from portal.audit.trail import record_event
from portal.security import card_codes, recovery_codes
from portal.web import clock, context, current_session, db, reads_first
from portal.web.access import is_own_path, signed_in
from portal.web.two_edges import edges


@blueprint.route("/account/authentication", methods=["GET", "POST"])
@signed_in
@reads_first
def authenticate() -> ResponseReturnValue:
    """Password and a fresh code; then on to the change that asked for them."""
    wanted = request.args.get("next")
    target = wanted if is_own_path(wanted) and wanted else url_for("accounts.account")
    form = AuthenticateForm()
    if me().takes_recovery_codes and form.validate_on_submit():  # else the page has no form
        if _is_owner(form.password.data or "", form.code.data or ""):
            current_session().reauthenticated()
            record_event(db(), "account:sign-in:renewed", now=clock.now(), actor_id=me().id,
                         subject=("account", me().id))  # fmt: skip
            return redirect(target)
        form.code.errors = (_("Check your password and use a code that you have not used yet"),)
    ending = None
    if text_factor.can_send(context(), me()):
        ending = text_factor.last_digits(context(), me())
    return render_template("accounts/authenticate.html", form=form, wanted=target, ending=ending)


def _is_owner(password: str, code: str) -> bool:
    now = clock.now()
    if not own_password_is_right(edges(), context(), me(), password, now):
        return False
    device = device_cookie.held()
    if recovery_codes.normalise(code) is not None:
        return check_recovery_code(edges(), context(), me(), code, now, device).is_right
    if card_codes.normalise(code) is not None:
        return check_card_code(edges(), context(), me(), code, now, device).is_right
    return check_code(db(), context(), me(), code, now, device).is_right
