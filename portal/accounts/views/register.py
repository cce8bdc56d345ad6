"""Registering: short steps, one thing a page."""

from __future__ import annotations

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import register as service
from portal.accounts.forms.fields import HintForm
from portal.accounts.forms.register import ContactForm, NewPasswordForm, WhoForm
from portal.accounts.match_person import match_person
from portal.accounts.models import Registration
from portal.accounts.views.blueprint import FEW, blueprint, locale
from portal.web import clock, context, db, reads_first
from portal.web.access import public
from portal.web.forms import EmptyForm
from portal.web.limits import limiter
from portal.web.two_edges import edges


def step_names() -> list[str]:
    """The steps as the indicator names them."""
    hint = [_("Security hint")] if context().agency.features.security_hints else []
    return [_("Who you are"), _("Contact"), _("Password"), *hint, _("Confirm your e-mail")]


def _page(step: int, name: str, **words: object) -> str:
    return render_template(f"accounts/{name}.html", steps=step_names(), step=step, **words)


def _under_way() -> Registration | None:
    return service.find(db(), session.get("registration"), clock.now())


@blueprint.route("/register", methods=["GET", "POST"])
@public
@limiter.limit(FEW, methods=["POST"])
def register() -> ResponseReturnValue:
    """Who you are: the facts and the PIN of the agency's letter."""
    form = WhoForm()
    no_match = False
    if form.validate_on_submit():
        now, born = clock.now(), form.birth_date.data
        pin = form.pin.data or ""
        assert born is not None
        person = match_person(db(), context(), form.ssn.data or "", pin, born, now)
        if person is not None:
            row = service.begin(db(), context(), person, pin, locale(), now)
            session["registration"] = row.id
            return redirect(url_for("accounts.register_contact"))
        no_match = True
    return _page(1, "register", form=form, no_match=no_match, page_has_error=no_match)


@blueprint.route("/register/contact", methods=["GET", "POST"])
@public
def register_contact() -> ResponseReturnValue:
    """How you are reached."""
    row = _under_way()
    if row is None:
        return redirect(url_for("accounts.register"))
    form = ContactForm()
    if form.validate_on_submit():
        service.give_contact(db(), context(), row, form.email.data or "", form.phone.number)
        return redirect(url_for("accounts.register_password"))
    return _page(2, "register_contact", form=form)


@blueprint.route("/register/password", methods=["GET", "POST"])
@public
@reads_first
def register_password() -> ResponseReturnValue:
    """The password."""
    row = _under_way()
    if row is None or row.email is None:
        return redirect(url_for("accounts.register_contact"))
    email = service.email_of(context(), row)
    form = NewPasswordForm(email)
    if form.validate_on_submit():
        service.give_password(edges(), context(), row, form.password.data or "")
        if context().agency.features.security_hints:
            return redirect(url_for("accounts.register_hint"))
        service.send_link(db(), context(), row, clock.now())
        return redirect(url_for("accounts.register_check_mail"))
    return _page(3, "register_password", form=form, email=email)


@blueprint.route("/register/hint", methods=["GET", "POST"])
@public
@reads_first
def register_hint() -> ResponseReturnValue:
    """The security hint; the mail goes out after it."""
    row = _under_way()
    if row is None or row.email is None or row.password_hash is None:
        return redirect(url_for("accounts.register_password"))
    if not context().agency.features.security_hints:
        return redirect(url_for("accounts.register_check_mail"))
    form = HintForm((service.email_of(context(), row),))
    if form.validate_on_submit() and _differs_from_password(form, row):
        service.give_hint(edges(), context(), row, form.question.data, form.answer.data or "")
        service.send_link(db(), context(), row, clock.now())
        return redirect(url_for("accounts.register_check_mail"))
    return _page(4, "register_hint", form=form)


def _differs_from_password(form: HintForm, row: Registration) -> bool:
    if not service.is_password(context(), row, form.answer.data or ""):
        return True
    form.answer.errors = (_("Choose an answer that is not your password"),)
    return False


@blueprint.route("/register/check-mail", methods=["GET", "POST"])
@public
@limiter.limit(FEW, methods=["POST"])
def register_check_mail() -> ResponseReturnValue:
    """The link is on its way; a button sends it again."""
    row = _under_way()
    if row is None or row.sent_at is None:
        return redirect(url_for("accounts.register"))
    form = EmptyForm()
    sent_again = form.validate_on_submit()
    if sent_again:
        service.send_link(db(), context(), row, clock.now())
    return _page(
        len(step_names()),
        "register_check_mail",
        form=form,
        email=service.email_of(context(), row),
        sent_again=sent_again,
        minutes=context().settings.link_minutes,
    )
