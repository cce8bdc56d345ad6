"""Codes by text message: a phone confirmed, on the way in or later, and switched off again."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import text_factor
from portal.accounts.contact import shown_phone
from portal.accounts.find_account import phone_of
from portal.accounts.forms.fields import CodeForm, TextPhoneForm
from portal.accounts.reauthentication import recently_authenticated
from portal.accounts.remove_factor import LastFactor, remove
from portal.accounts.safety_marks import is_marked
from portal.accounts.views.blueprint import (
    blueprint,
    complete_sign_in,
    go_on,
    me,
    this_browser,
    wait_words,
)
from portal.accounts.views.missing_steps import show_new_codes
from portal.web import clock, context, db
from portal.web.access import half_signed_in, signed_in
from portal.web.forms import EmptyForm


@blueprint.route("/sign-in/text-codes", methods=["GET", "POST"])
@half_signed_in(step="accounts.missing_authenticator")
def missing_text_codes() -> ResponseReturnValue:
    """The phone that is to get codes, as the account's first second factor."""
    return _phone_page("accounts.missing_text_codes", "accounts.missing_text_codes_confirm")


@blueprint.route("/sign-in/text-codes/confirmation", methods=["GET", "POST"])
@half_signed_in(step="accounts.missing_authenticator")
def missing_text_codes_confirm() -> ResponseReturnValue:
    """The code typed back; the recovery codes come with it."""
    form = CodeForm()
    if form.validate_on_submit() and _confirmed(form):
        complete_sign_in(me())
        show_new_codes()
        return go_on()
    return _code_page(form, "accounts.missing_text_codes_confirm", "accounts.missing_text_codes")


@blueprint.route("/account/text-codes", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def change_text_codes() -> ResponseReturnValue:
    """The phone that is to get codes, or another one in its place."""
    return _phone_page("accounts.change_text_codes", "accounts.change_text_codes_confirm")


@blueprint.route("/account/text-codes/confirmation", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def change_text_codes_confirm() -> ResponseReturnValue:
    """The code typed back: from now on the phone gets codes."""
    form = CodeForm()
    if form.validate_on_submit() and _confirmed(form):
        flash(_("Your phone is confirmed. You can have sign-in codes sent to it."), "success")
        return redirect(url_for("accounts.account"))
    return _code_page(form, "accounts.change_text_codes_confirm", "accounts.change_text_codes")


@blueprint.route("/account/text-codes/removal", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def text_codes_removal() -> ResponseReturnValue:
    """No more codes to the phone, unless they are the only second factor."""
    if not me().gets_texts:
        return redirect(url_for("accounts.account"))
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            remove(db(), context(), me(), text_factor.TEXTS, clock.now(), this_browser())
        except LastFactor:
            return redirect(url_for("accounts.text_codes_removal"))
        flash(_("Your phone no longer gets codes."), "success")
        return redirect(url_for("accounts.account"))
    is_last = me().factors <= 1
    return render_template("accounts/text_codes_removal.html", form=form, is_last=is_last)


def _phone_page(here: str, then: str) -> ResponseReturnValue:
    if not text_factor.is_offered(context(), me()):
        abort(404)
    phone = phone_of(context().sealer, me())
    form = TextPhoneForm(data={"phone": shown_phone(phone) if phone else ""})
    if form.validate_on_submit():
        now = clock.now()
        closed_until = text_factor.ask_phone(db(), context(), me(), form.phone.number or "", now)
        if closed_until is None:
            return redirect(url_for(then))
        form.phone.errors = (wait_words(closed_until, now),)
    person = me().participant_id
    return render_template(
        "accounts/change_text_codes.html",
        form=form,
        action=url_for(here),
        is_marked=person is not None and is_marked(db(), person),
        is_first=not me().has_factor,
    )


def _code_page(form: CodeForm, here: str, back: str) -> ResponseReturnValue:
    phone = text_factor.asked_phone(db(), context(), me(), clock.now())
    if phone is None:
        if form.is_submitted():
            flash(_("That code is too old. Have a new one sent."), "error")
        return redirect(url_for(back))
    return render_template(
        "accounts/change_text_codes_confirm.html",
        form=form,
        action=url_for(here),
        again=url_for(back),
        phone=shown_phone(phone),
        minutes=text_factor.MINUTES,
    )


def _confirmed(form: CodeForm) -> bool:
    now, typed = clock.now(), form.code.data or ""
    answer = text_factor.confirm_phone(db(), context(), me(), typed, now, this_browser())
    if not answer.is_right:
        form.code.errors = (
            wait_words(answer.closed_until, now)
            if answer.closed_until
            else _("Enter the six digits of the newest message"),
        )
    return answer.is_right
