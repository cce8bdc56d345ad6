"""Changing the e-mail address and the cell phone: change, authenticate, confirm."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import change_email as service
from portal.accounts import link_cookie
from portal.accounts.change_passkeys import LastFactor
from portal.accounts.change_phone import change_phone as note_phone
from portal.accounts.contact import shown_phone
from portal.accounts.find_account import email_of, phone_of
from portal.accounts.forms.account import ChangeEmailForm
from portal.accounts.forms.fields import PhoneForm
from portal.accounts.reauthentication import recently_authenticated
from portal.accounts.views.blueprint import blueprint, me, this_browser
from portal.web import clock, context, current_session, db
from portal.web.access import public, signed_in
from portal.web.forms import EmptyForm


@blueprint.route("/account/email", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def change_email() -> ResponseReturnValue:
    """Another e-mail address: its owner gets a link."""
    form = ChangeEmailForm()
    if form.validate_on_submit():
        service.ask_change(db(), context(), me(), form.email.data or "", clock.now())
        return redirect(url_for("accounts.change_email_sent"))
    email = email_of(context().sealer, me())
    return render_template("accounts/change_email.html", form=form, email=email)


@blueprint.get("/account/email/sent")
@signed_in
def change_email_sent() -> ResponseReturnValue:
    """The link is on its way to the new address."""
    minutes = context().settings.link_minutes
    return render_template("accounts/change_email_sent.html", minutes=minutes)


@blueprint.route("/account/email/confirmation", methods=["GET", "POST"])
@public
def change_email_confirm() -> ResponseReturnValue:
    """The link of that mail: opening it changes nothing, the button does."""
    moved = link_cookie.take("accounts.change_email_confirm")
    if moved is not None:
        return moved
    found = service.find_change(db(), context(), link_cookie.held(), clock.now())
    form = EmptyForm()
    if found is not None and form.validate_on_submit():
        row = current_session().row
        mine = row.id if row is not None and row.account_id == found[1].id else None
        if service.confirm_change(db(), context(), *found, clock.now(), keep_session=mine):
            return link_cookie.drop(redirect(url_for("accounts.email_is_new")))
        found = None
    if found is None:
        return render_template("accounts/dead_link.html", again="accounts.account"), 410
    return render_template("accounts/change_email_confirm.html", form=form)


@blueprint.get("/account/email/done")
@public
def email_is_new() -> ResponseReturnValue:
    """The address was changed."""
    return render_template("accounts/email_is_new.html")


@blueprint.route("/account/phone", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def change_phone() -> ResponseReturnValue:
    """Another cell phone, or none."""
    phone = phone_of(context().sealer, me())
    shown = shown_phone(phone) if phone else ""
    form = PhoneForm(data={"phone": shown, "no_phone": me().no_phone})
    if form.validate_on_submit():
        try:
            note_phone(db(), context(), me(), form.phone.number, clock.now(), this_browser())
        except LastFactor:
            form.phone.errors = (_("Codes sent to this phone are all that protects your account. "
                                   "Change the number under Codes by text message"),)  # fmt: skip
        else:
            flash(_("Your cell phone answer was changed."), "success")
            return redirect(url_for("accounts.account"))
    return render_template("accounts/change_phone.html", form=form)
