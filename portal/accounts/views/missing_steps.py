"""Steps that an account still lacks: each is led to before any case page opens."""

from __future__ import annotations

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import add_authenticator, confirm_email, link_cookie, text_factor
from portal.accounts.change_hint import change_hint
from portal.accounts.change_phone import change_phone
from portal.accounts.find_account import email_of
from portal.accounts.forms.fields import CodeForm, HintForm, PhoneForm
from portal.accounts.make_recovery_codes import make_recovery_codes
from portal.accounts.models import TotpFactor
from portal.accounts.views.blueprint import blueprint, complete_sign_in, go_on, me, this_browser
from portal.security.passwords import passwords
from portal.web import clock, context, db, reads_first
from portal.web.access import half_signed_in, public
from portal.web.forms import EmptyForm
from portal.web.two_edges import edges


@blueprint.route("/sign-in/email", methods=["GET", "POST"])
@half_signed_in(step="accounts.missing_email")
def missing_email() -> ResponseReturnValue:
    """The address still has to be confirmed: mail the link."""
    form = EmptyForm()
    sent = form.validate_on_submit()
    if sent:
        confirm_email.send_link(db(), context(), me(), clock.now())
    email = email_of(context().sealer, me())
    return render_template("accounts/missing_email.html", form=form, email=email, sent=sent)


@blueprint.route("/sign-in/email-confirmation", methods=["GET", "POST"])
@public
def email_confirm() -> ResponseReturnValue:
    """The link of that mail: opening it changes nothing, the button confirms."""
    moved = link_cookie.take("accounts.email_confirm")
    if moved is not None:
        return moved
    found = confirm_email.find_link(db(), context(), link_cookie.held(), clock.now())
    form = EmptyForm()
    if found is None:
        return render_template("accounts/dead_link.html", again="accounts.sign_in"), 410
    if form.validate_on_submit() and confirm_email.confirm(db(), *found, clock.now()):
        return link_cookie.drop(redirect(url_for("accounts.sign_in")))
    return render_template("accounts/email_confirm.html", form=form)


@blueprint.route("/sign-in/phone", methods=["GET", "POST"])
@half_signed_in(step="accounts.missing_phone")
def missing_phone() -> ResponseReturnValue:
    """A cell phone, or that there is none."""
    form = PhoneForm()
    if form.validate_on_submit():
        change_phone(db(), context(), me(), form.phone.number, clock.now())
        return go_on()
    return render_template("accounts/missing_phone.html", form=form)


@blueprint.route("/sign-in/hint", methods=["GET", "POST"])
@half_signed_in(step="accounts.missing_hint")
@reads_first
def missing_hint() -> ResponseReturnValue:
    """The security hint."""
    form = HintForm((email_of(context().sealer, me()),))
    if form.validate_on_submit() and answer_is_no_password(form):
        change_hint(
            edges(), context(), me(), form.question.data, form.answer.data or "", clock.now()
        )
        return go_on()
    return render_template("accounts/missing_hint.html", form=form)


@blueprint.route("/sign-in/authenticator", methods=["GET", "POST"])
@half_signed_in(step="accounts.missing_authenticator")
def missing_authenticator() -> ResponseReturnValue:
    """The authenticator app: what it is, then the picture and one code."""
    factor = offered()
    if factor is None:
        texts = text_factor.is_offered(context(), me())
        return render_template(
            "accounts/missing_authenticator.html", form=EmptyForm(), texts_offered=texts
        )
    form = CodeForm()
    if form.validate_on_submit() and take_into_use(form, factor):
        complete_sign_in(me())
        show_new_codes()
        return go_on()
    return authenticator_page(form, factor, url_for("accounts.missing_authenticator"))


@blueprint.post("/sign-in/authenticator/picture")
@half_signed_in(step="accounts.missing_authenticator")
def missing_authenticator_picture() -> ResponseReturnValue:
    """Make the secret and its picture."""
    make_offer()
    return redirect(url_for("accounts.missing_authenticator"))


def answer_is_no_password(form: HintForm) -> bool:
    """Whether the answer differs from the account's password (HNT-3); says so at the field."""
    answer = form.answer.data or ""
    if not passwords(context().settings).check(me().password_hash, answer).is_right:
        return True
    form.answer.errors = (_("Choose an answer that is not your password"),)
    return False


def make_offer() -> None:
    """A fresh secret for the account signed in, remembered in the session."""
    session["authenticator"] = add_authenticator.offer(db(), context(), me(), clock.now()).id


def offered() -> TotpFactor | None:
    """The secret that this session offered, while it is open."""
    return add_authenticator.find_offer(db(), me(), session.get("authenticator"))


def take_into_use(form: CodeForm, factor: TotpFactor) -> bool:
    """Take the factor into use if the code is its own; says so at the field otherwise."""
    code, now = form.code.data or "", clock.now()
    if add_authenticator.confirm(db(), context(), me(), factor, code, now, this_browser()):
        session.pop("authenticator", None)
        return True
    form.code.errors = (_("Enter the six digits that your app shows now"),)
    return False


def show_new_codes() -> None:
    """Make ten recovery codes and keep them, sealed, until they were seen.

    What the view did before it stands, also where the making fails: a button makes them then.
    """
    session["recovery_codes"] = make_recovery_codes(edges(), context(), me(), clock.now())


def authenticator_page(form: CodeForm, factor: TotpFactor, action: str) -> str:
    """The page with the picture, the secret in groups of four, and the field for a code."""
    secret = add_authenticator.secret_of(context(), factor)
    uri = add_authenticator.app_address(context(), me(), secret)
    return render_template(
        "accounts/authenticator_picture.html",
        form=form,
        action=action,
        app_address=uri,
        picture=add_authenticator.picture(uri),
        secret=add_authenticator.in_groups(secret),
    )
