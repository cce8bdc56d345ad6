"""A forgotten password: address, link, hint (never before the link: HNT-2), new password."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import device_cookie, link_cookie
from portal.accounts import reset_password as service
from portal.accounts.find_account import email_of
from portal.accounts.forms.register import NewPasswordForm
from portal.accounts.forms.sign_in import AnswerForm, ForgottenForm
from portal.accounts.hints import QUESTIONS
from portal.accounts.models import Account
from portal.accounts.views.blueprint import FEW, blueprint, locale
from portal.security.models import Link
from portal.web import clock, context, db, reads_first
from portal.web.access import public
from portal.web.limits import limiter
from portal.web.two_edges import edges


@blueprint.route("/forgotten-password", methods=["GET", "POST"])
@public
@limiter.limit(FEW, methods=["POST"])
def forgotten_password() -> ResponseReturnValue:
    """The address; whatever it is, the answer is the same (ENU-1)."""
    form = ForgottenForm()
    if form.validate_on_submit():
        service.ask_reset(db(), context(), form.email.data or "", locale(), clock.now())
        return redirect(url_for("accounts.forgotten_password_sent"))
    return render_template("accounts/forgotten_password.html", form=form)


@blueprint.get("/forgotten-password/sent")
@public
def forgotten_password_sent() -> ResponseReturnValue:
    """A mail is on its way."""
    minutes = context().settings.link_minutes
    return render_template("accounts/forgotten_password_sent.html", minutes=minutes)


@blueprint.get("/forgotten-password/link")
@public
def reset_link() -> ResponseReturnValue:
    """Where the mailed link leads: its token is moved out of the address (LNK-4)."""
    moved = link_cookie.take("accounts.reset_hint")
    return moved if moved is not None else redirect(url_for("accounts.reset_hint"))


def _found() -> tuple[Link, Account] | None:
    return service.find_reset(db(), context(), link_cookie.held(), clock.now())


def _dead_link() -> ResponseReturnValue:
    return render_template("accounts/dead_link.html", again="accounts.forgotten_password"), 410


@blueprint.route("/forgotten-password/hint", methods=["GET", "POST"])
@public
@reads_first
def reset_hint() -> ResponseReturnValue:
    """The hint question of whoever holds the link."""
    found = _found()
    if found is None:
        return _dead_link()
    link, account = found
    if not service.needs_hint(context(), link, account):
        return redirect(url_for("accounts.reset_password"))
    form = AnswerForm()
    if form.validate_on_submit():
        answer = form.answer.data or ""
        result = service.answer_hint(edges(), context(), link, account, answer, clock.now())
        if result is service.HintAnswer.RIGHT:
            return redirect(url_for("accounts.reset_password"))
        form.answer.errors = (hint_words(result),)
    question = QUESTIONS.get(account.hint_question or "", "")
    action = url_for("accounts.reset_hint")
    return render_template("accounts/reset_hint.html", form=form, question=question, action=action)


def hint_words(result: service.HintAnswer) -> str:
    """Why an answer was not taken."""
    if result is service.HintAnswer.TOO_MANY:
        return str(_("There were too many wrong answers today. Try again tomorrow, or call us"))
    return str(_("This is not the answer you gave us. Capital letters do not matter"))


@blueprint.route("/forgotten-password/new-password", methods=["GET", "POST"])
@public
@reads_first
def reset_password() -> ResponseReturnValue:
    """The new password; signing in comes after it, second factor included (LNK-6)."""
    found = _found()
    if found is None:
        return _dead_link()
    link, account = found
    if service.needs_hint(context(), link, account):
        return redirect(url_for("accounts.reset_hint"))
    email = email_of(context().sealer, account)
    form = NewPasswordForm(email)
    if form.validate_on_submit():
        token, new = link_cookie.held(), form.password.data or ""
        device = device_cookie.held()
        if not service.reset_password(
            edges(), context(), token, new, clock.now(), keep_device=device
        ):
            return _dead_link()
        return link_cookie.drop(redirect(url_for("accounts.password_is_new")))
    return render_template("accounts/reset_password.html", form=form, email=email)


@blueprint.get("/forgotten-password/done")
@public
def password_is_new() -> ResponseReturnValue:
    """The password was changed; the way to sign in."""
    return render_template("accounts/password_is_new.html")
