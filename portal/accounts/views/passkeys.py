"""A person's own passkeys: the list, a new one, another name, removal."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.add_passkey import add_passkey, offer
from portal.accounts.change_passkeys import (
    LastFactor,
    find_own,
    name_of,
    remove_passkey,
    rename_passkey,
)
from portal.accounts.forms.passkeys import LONGEST_NAME, NameForm, NewPasskeyForm
from portal.accounts.passkey_models import Passkey
from portal.accounts.reauthentication import recently_authenticated
from portal.accounts.views.blueprint import blueprint, me, this_browser
from portal.web import clock, context, current_session, db
from portal.web.access import signed_in
from portal.web.devices import describe_device
from portal.web.forms import EmptyForm


@blueprint.get("/account/passkeys")
@signed_in
def passkeys() -> ResponseReturnValue:
    """Each passkey with its name and dates (PKY-3)."""
    rows = [(passkey, name_of(context(), passkey)) for passkey in me().passkeys]
    return render_template("accounts/passkeys.html", rows=rows)


@blueprint.route("/account/passkeys/new", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def new_passkey() -> ResponseReturnValue:
    """A name, and the button that asks the device."""
    form = NewPasskeyForm(data={"name": default_name()})
    if form.validate_on_submit():
        answer = form.credential.data or ""
        name = (form.name.data or default_name())[:LONGEST_NAME]
        added = add_passkey(db(), context(), me(), browser_token(), answer, name, clock.now())
        if added is not None:
            flash(_("Your new passkey is set up. Try it the next time you sign in."), "success")
            return redirect(url_for("accounts.passkeys"))
        flash(refused_words(), "error")
        return redirect(url_for("accounts.new_passkey"))
    return render_template("accounts/new_passkey.html", form=form)


@blueprint.post("/account/passkeys/new/options")
@signed_in
@recently_authenticated
def new_passkey_options() -> ResponseReturnValue:
    """What the device is asked, with a fresh challenge (PKY-1)."""
    return offer(db(), context(), me(), browser_token(), clock.now())


@blueprint.route("/account/passkeys/<passkey>", methods=["GET", "POST"])
@signed_in
def passkey(passkey: str) -> ResponseReturnValue:
    """Another name for a passkey, and the way to remove it."""
    row = _own(passkey)
    form = NameForm(data={"name": name_of(context(), row)})
    if form.validate_on_submit():
        rename_passkey(db(), context(), me(), row, form.name.data or "", clock.now())
        flash(_("The name was changed."), "success")
        return redirect(url_for("accounts.passkeys"))
    name = name_of(context(), row)
    return render_template("accounts/passkey.html", form=form, row=row, name=name)


@blueprint.route("/account/passkeys/<passkey>/removal", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def passkey_removal(passkey: str) -> ResponseReturnValue:
    """Remove a passkey, unless it is the only second factor (PKY-3)."""
    row, form = _own(passkey), EmptyForm()
    is_last = not me().has_passkey_to_spare
    if form.validate_on_submit():
        try:
            remove_passkey(db(), context(), me(), row, clock.now(), this_browser())
        except LastFactor:
            return redirect(url_for("accounts.passkey_removal", passkey=passkey))
        flash(_("The passkey was removed. Your other devices are signed out."), "success")
        return redirect(url_for("accounts.passkeys"))
    name = name_of(context(), row)
    return render_template(
        "accounts/passkey_removal.html", form=form, row=row, name=name, is_last=is_last
    )


def browser_token() -> str:
    """What a challenge is tied to: the token of this session's cookie."""
    token = current_session().token
    if token is None:  # no cookie: then no CSRF token can have fitted either
        abort(400)
    return token


def default_name() -> str:
    """The device in words, for a passkey without a name."""
    return describe_device(request.user_agent.string) or str(_("Passkey"))


def refused_words() -> str:
    """A passkey did not do; nothing says why (ENU-1)."""
    return str(_("That did not work. Try again, or use another way to sign in."))


def _own(passkey_id: str) -> Passkey:
    row = find_own(db(), me(), passkey_id)
    if row is None:
        abort(404)
    return row
