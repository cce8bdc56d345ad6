"""Every factor and code is lost: a new PIN, a day's wait, then the mailed link (RCV-2)."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user

from portal.accounts import link_cookie
from portal.accounts import lost_everything as service
from portal.accounts.find_account import email_of
from portal.accounts.forms.register import NewPasswordForm, WhoForm
from portal.accounts.forms.sign_in import AnswerForm
from portal.accounts.hints import QUESTIONS
from portal.accounts.reset_password import HintAnswer, answer_hint, needs_hint
from portal.accounts.views.blueprint import FEW, blueprint, go_on
from portal.accounts.views.forgotten_password import hint_words
from portal.web import clock, context, current_session, db, reads_first
from portal.web.access import public
from portal.web.limits import limiter
from portal.web.two_edges import edges


@blueprint.route("/sign-in/lost-everything", methods=["GET", "POST"])
@public
@limiter.limit(FEW, methods=["POST"])
def lost_everything() -> ResponseReturnValue:
    """The facts and a new PIN; whatever is typed, the answer is the same (REG-2)."""
    form = WhoForm()
    if form.validate_on_submit():
        born = form.birth_date.data
        assert born is not None
        service.ask(db(), context(), form.ssn.data or "", form.pin.data or "", born, clock.now())
        return redirect(url_for("accounts.lost_everything_asked"))
    return render_template("accounts/lost_everything.html", form=form)


@blueprint.get("/sign-in/lost-everything/asked")
@public
def lost_everything_asked() -> ResponseReturnValue:
    """What comes next, if it matched."""
    return render_template("accounts/lost_everything_asked.html")


@blueprint.get("/sign-in/lost-everything/link")
@public
def recovery_link() -> ResponseReturnValue:
    """Where the mailed link leads: its token is moved out of the address (LNK-4)."""
    moved = link_cookie.take("accounts.recovery_hint")
    return moved if moved is not None else redirect(url_for("accounts.recovery_hint"))


@blueprint.route("/sign-in/lost-everything/hint", methods=["GET", "POST"])
@public
@reads_first
def recovery_hint() -> ResponseReturnValue:
    """The hint question of whoever holds the link (HNT-1)."""
    found = service.find(db(), context(), link_cookie.held(), clock.now())
    if found is None:
        return _dead_link()
    if not needs_hint(context(), *found):
        return redirect(url_for("accounts.recovery_password"))
    form = AnswerForm()
    if form.validate_on_submit():
        result = answer_hint(edges(), context(), *found, form.answer.data or "", clock.now())
        if result is HintAnswer.RIGHT:
            return redirect(url_for("accounts.recovery_password"))
        form.answer.errors = (hint_words(result),)
    question = QUESTIONS.get(found[1].hint_question or "", "")
    action = url_for("accounts.recovery_hint")
    return render_template("accounts/reset_hint.html", form=form, question=question, action=action)


@blueprint.route("/sign-in/lost-everything/new-password", methods=["GET", "POST"])
@public
@reads_first
def recovery_password() -> ResponseReturnValue:
    """The new password; then on to setting up how one signs in, in the same session."""
    found = service.find(db(), context(), link_cookie.held(), clock.now())
    if found is None:
        return _dead_link()
    link, account = found
    if needs_hint(context(), link, account):
        return redirect(url_for("accounts.recovery_hint"))
    email = email_of(context().sealer, account)
    form = NewPasswordForm(email)
    if form.validate_on_submit():
        token, new = link_cookie.held(), form.password.data or ""
        owner = service.recover(edges(), context(), token, new, clock.now())
        if owner is None:
            return _dead_link()
        current_session().sign_in(owner.id)
        login_user(owner)
        return link_cookie.drop(go_on())
    return render_template("accounts/recovery_password.html", form=form, email=email)


def _dead_link() -> ResponseReturnValue:
    return render_template("accounts/dead_link.html", again="accounts.lost_everything"), 410
