"""Passkeys on the way in: alone, as the second half, as the step still due, and once more.

Each has two addresses: one that gives what the device is asked, one that takes its answer.
"""

from __future__ import annotations

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user

from portal.accounts.add_passkey import add_passkey, offer
from portal.accounts.forms.passkeys import PasskeyForm
from portal.accounts.models import Account
from portal.accounts.use_passkey import ask, check_passkey
from portal.accounts.views.blueprint import MANY, blueprint, complete_sign_in, go_on, me
from portal.accounts.views.missing_steps import show_new_codes
from portal.accounts.views.passkeys import browser_token, default_name, refused_words
from portal.audit.trail import record_event
from portal.security.passkey_challenges import Ceremony
from portal.web import clock, context, current_session, db
from portal.web.access import half_signed_in, is_own_path, public, signed_in
from portal.web.limits import limiter
from portal.web.sessions import in_background


@blueprint.post("/sign-in/passkey/options")
@public
@limiter.limit(MANY)
@in_background
def sign_in_passkey_options() -> ResponseReturnValue:
    """The same for everybody: no address is asked and no passkey named (ENU-1)."""
    return ask(db(), context(), Ceremony.SIGN_IN, None, browser_token(), clock.now())


@blueprint.post("/sign-in/passkey")
@public
@limiter.limit(MANY)
def sign_in_passkey() -> ResponseReturnValue:
    """Both halves at once: the device, and the finger, face or PIN that opened it (PKY-2)."""
    wanted = request.args.get("next")
    wanted = wanted if is_own_path(wanted) else None
    account = _checked(Ceremony.SIGN_IN, None)
    if account is None:
        return redirect(url_for("accounts.sign_in", next=wanted))
    if account.must_change_password_at is not None:
        return redirect(url_for("accounts.new_password_due"))
    current_session().sign_in(account.id)
    login_user(account)
    if wanted is not None:
        session["next"] = wanted
    complete_sign_in(account)
    return go_on()


@blueprint.post("/sign-in/code/passkey/options")
@half_signed_in(step="accounts.code")
def code_passkey_options() -> ResponseReturnValue:
    """Only passkeys of the account whose password was given; without any there is no question."""
    if not me().passkeys:
        return redirect(url_for("accounts.code"))
    return ask(db(), context(), Ceremony.SECOND_FACTOR, me(), browser_token(), clock.now())


@blueprint.post("/sign-in/code/passkey")
@half_signed_in(step="accounts.code")
def code_passkey() -> ResponseReturnValue:
    """A passkey in the place of a code."""
    if _checked(Ceremony.SECOND_FACTOR, me()) is None:
        return redirect(url_for("accounts.code"))
    complete_sign_in(me())
    return go_on()


@blueprint.post("/account/authentication/passkey/options")
@signed_in
def authenticate_passkey_options() -> ResponseReturnValue:
    """Only passkeys of the account signed in; without any there is no question."""
    if not me().passkeys:
        return redirect(url_for("accounts.authenticate"))
    return ask(db(), context(), Ceremony.AUTHENTICATE, me(), browser_token(), clock.now())


@blueprint.post("/account/authentication/passkey")
@signed_in
def authenticate_passkey() -> ResponseReturnValue:
    """A passkey in the place of password and code (SES-6)."""
    wanted = request.args.get("next")
    target = wanted if is_own_path(wanted) and wanted else url_for("accounts.account")
    if _checked(Ceremony.AUTHENTICATE, me()) is None:
        return redirect(url_for("accounts.authenticate", next=target))
    current_session().reauthenticated()
    record_event(db(), "account:sign-in:renewed", now=clock.now(), actor_id=me().id,
                 subject=("account", me().id))  # fmt: skip
    return redirect(target)


@blueprint.post("/sign-in/authenticator/passkey/options")
@half_signed_in(step="accounts.missing_authenticator")
def missing_passkey_options() -> ResponseReturnValue:
    """What the device is asked to make, for an account without a second factor."""
    return offer(db(), context(), me(), browser_token(), clock.now())


@blueprint.post("/sign-in/authenticator/passkey")
@half_signed_in(step="accounts.missing_authenticator")
def missing_passkey() -> ResponseReturnValue:
    """The account's first second factor; the recovery codes come with it."""
    form = PasskeyForm()
    answer = (form.credential.data or "") if form.validate_on_submit() else ""
    added = add_passkey(db(), context(), me(), browser_token(), answer, default_name(), clock.now())
    if added is None:
        flash(refused_words(), "error")
        return redirect(url_for("accounts.missing_authenticator"))
    complete_sign_in(me())
    show_new_codes()
    return go_on()


def _checked(ceremony: Ceremony, account: Account | None) -> Account | None:
    """The account of the passkey that answered; says so on the next page where it is none."""
    form = PasskeyForm()
    answer = (form.credential.data or "") if form.validate_on_submit() else ""
    found = check_passkey(db(), context(), ceremony, account, browser_token(), answer, clock.now())
    if found is None:
        flash(refused_words(), "error")
    return found
