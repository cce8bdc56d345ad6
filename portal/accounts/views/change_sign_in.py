"""Changing how one signs in: password, hint, authenticator app, recovery codes."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import device_cookie
from portal.accounts.change_hint import change_hint as note_hint
from portal.accounts.change_password import set_password
from portal.accounts.find_account import email_of
from portal.accounts.forms.account import ChangePasswordForm
from portal.accounts.forms.fields import CodeForm, HintForm
from portal.accounts.make_recovery_codes import codes_left
from portal.accounts.reauthentication import recently_authenticated
from portal.accounts.remove_authenticator import AUTHENTICATOR
from portal.accounts.remove_factor import LastFactor, remove
from portal.accounts.sign_in import own_password_is_right
from portal.accounts.views.blueprint import blueprint, me, this_browser
from portal.accounts.views.missing_steps import (
    answer_is_no_password,
    authenticator_page,
    make_offer,
    offered,
    show_new_codes,
    take_into_use,
)
from portal.security.passwords import passwords
from portal.web import clock, context, current_session, db, reads_first
from portal.web.access import signed_in
from portal.web.forms import EmptyForm
from portal.web.two_edges import edges


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in
@recently_authenticated
@reads_first
def change_password() -> ResponseReturnValue:
    """Another password; all other sessions end (LNK-6)."""
    email = email_of(context().sealer, me())
    form = ChangePasswordForm(email)
    if form.validate_on_submit():
        now, current = clock.now(), form.current_password.data or ""
        new = passwords(context().settings).hash(form.password.data or "")
        if own_password_is_right(edges(), context(), me(), current, now):
            row = current_session().row
            kept = row.id if row is not None else None
            set_password(db(), context(), me(), new, now, keep_session=kept,
                         keep_device=device_cookie.held())  # fmt: skip
            flash(_("Your password was changed."), "success")
            return redirect(url_for("accounts.account"))
        form.current_password.errors = (_("Enter the password you use now"),)
    return render_template("accounts/change_password.html", form=form, email=email)


@blueprint.route("/account/hint", methods=["GET", "POST"])
@signed_in
@recently_authenticated
@reads_first
def change_hint() -> ResponseReturnValue:
    """Another question or answer."""
    form = HintForm((email_of(context().sealer, me()),))
    if form.validate_on_submit() and answer_is_no_password(form):
        note_hint(edges(), context(), me(), form.question.data, form.answer.data or "", clock.now())
        flash(_("Your security hint was changed."), "success")
        return redirect(url_for("accounts.account"))
    return render_template("accounts/change_hint.html", form=form)


@blueprint.route("/account/authenticator", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def change_authenticator() -> ResponseReturnValue:
    """Another authenticator app in the place of the old one (OTP-4)."""
    factor = offered()
    if factor is None:
        return render_template("accounts/change_authenticator.html", form=EmptyForm())
    form = CodeForm()
    if form.validate_on_submit() and take_into_use(form, factor):
        flash(_("Your new authenticator app is set up. The old one no longer works."), "success")
        return redirect(url_for("accounts.account"))
    return authenticator_page(form, factor, url_for("accounts.change_authenticator"))


@blueprint.post("/account/authenticator/picture")
@signed_in
@recently_authenticated
def change_authenticator_picture() -> ResponseReturnValue:
    """Make the secret and its picture."""
    make_offer()
    return redirect(url_for("accounts.change_authenticator"))


@blueprint.route("/account/authenticator/removal", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def authenticator_removal() -> ResponseReturnValue:
    """No app any more, unless it is the only second factor (OTP-4)."""
    if me().totp is None:
        return redirect(url_for("accounts.account"))
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            remove(db(), context(), me(), AUTHENTICATOR, clock.now(), this_browser())
        except LastFactor:
            return redirect(url_for("accounts.authenticator_removal"))
        flash(_("The app was removed. Your other devices are signed out."), "success")
        return redirect(url_for("accounts.account"))
    is_last = me().factors <= 1
    return render_template("accounts/authenticator_removal.html", form=form, is_last=is_last)


@blueprint.route("/account/recovery-codes", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def change_recovery_codes() -> ResponseReturnValue:
    """Ten new recovery codes; the old ones are void (RCV-1)."""
    form = EmptyForm()
    if form.validate_on_submit():
        show_new_codes()
        return redirect(url_for("accounts.recovery_codes"))
    left = codes_left(db(), me())
    return render_template("accounts/change_recovery_codes.html", form=form, left=left)
