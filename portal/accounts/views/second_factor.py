"""The second half of signing in, an authenticator app, and the recovery codes."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import device_cookie, text_factor
from portal.accounts.check_code import check_code, check_recovery_code
from portal.accounts.forms.fields import CodeForm
from portal.accounts.forms.sign_in import RecoveryCodeForm
from portal.accounts.make_recovery_codes import codes_left, make_recovery_codes, note_kept
from portal.accounts.views.blueprint import blueprint, go_on, let_in, me
from portal.web import clock, context, db, reads_first
from portal.web.access import half_signed_in
from portal.web.forms import EmptyForm
from portal.web.two_edges import edges


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@half_signed_in(step="accounts.code")
def code() -> ResponseReturnValue:
    """A code of the authenticator app; who has nothing but a card is led to its page."""
    if not me().has_factor_beside_card:
        return redirect(url_for("accounts.card_code"))
    form = CodeForm()
    if me().takes_app_code and form.validate_on_submit():  # else the page asks for no code
        now, device = clock.now(), device_cookie.held()
        answer = check_code(db(), context(), me(), form.code.data or "", now, device)
        wrong = _("Enter the newest code in your app. Each code works once")
        if let_in(form.code, answer, now, wrong):
            return go_on()
    ending = None
    if text_factor.can_send(context(), me()):
        ending = text_factor.last_digits(context(), me())
    return render_template("accounts/code.html", form=form, ending=ending)


@blueprint.route("/sign-in/recovery-code", methods=["GET", "POST"])
@half_signed_in(step="accounts.code")
@reads_first
def recovery_code() -> ResponseReturnValue:
    """A recovery code in place of the app; it is used up."""
    form = RecoveryCodeForm()
    if form.validate_on_submit():
        now = clock.now()
        typed, device = form.code.data or "", device_cookie.held()
        answer = check_recovery_code(edges(), context(), me(), typed, now, device)
        wrong = _("Enter a recovery code that you have not used yet")
        if let_in(form.code, answer, now, wrong):
            left = codes_left(db(), me())
            flash(_("You have %(left)s recovery codes left. If you lost your phone, set up your "
                    "app again on the account page.", left=left), "warning")  # fmt: skip
            return go_on()
    return render_template("accounts/recovery_code.html", form=form)


@blueprint.route("/sign-in/recovery-codes", methods=["GET", "POST"])
@half_signed_in(step="accounts.recovery_codes")
@reads_first
def recovery_codes() -> ResponseReturnValue:
    """The ten codes, shown until one of them was typed back."""
    form = EmptyForm()
    if form.validate_on_submit():
        if session.get("recovery_codes") is None:
            session["recovery_codes"] = make_recovery_codes(edges(), context(), me(), clock.now())
        return redirect(url_for("accounts.recovery_codes"))
    codes = session.get("recovery_codes")
    return render_template("accounts/recovery_codes.html", form=form, codes=codes)


@blueprint.route("/sign-in/recovery-codes/proof", methods=["GET", "POST"])
@half_signed_in(step="accounts.recovery_codes")
def recovery_codes_kept() -> ResponseReturnValue:
    """One of the ten, typed back, proves that they were kept (RCV-1). It is not used up."""
    codes = session.get("recovery_codes")
    if not codes:
        return redirect(url_for("accounts.recovery_codes"))
    form = RecoveryCodeForm()
    if form.validate_on_submit():
        if note_kept(db(), me(), codes, form.code.data or "", clock.now()):
            session.pop("recovery_codes")
            return go_on()
        form.code.errors = (_("This is not one of the ten codes that we just showed you"),)
    return render_template("accounts/recovery_codes_kept.html", form=form)
