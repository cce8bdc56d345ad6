"""Signing in with e-mail address and password, and signing out."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from portal.accounts import device_cookie, link_cookie
from portal.accounts.forms.sign_in import SignInForm
from portal.accounts.sign_in import check_password
from portal.accounts.views.blueprint import MANY, blueprint, go_on, wait_words
from portal.audit.trail import record_event
from portal.web import clock, context, current_session, db, reads_first
from portal.web.access import half_signed_in, is_own_path, public
from portal.web.limits import limiter
from portal.web.two_edges import edges


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit(MANY, methods=["POST"])
@reads_first
def sign_in() -> ResponseReturnValue:
    """The first half; the answer to a wrong password tells nothing else (ENU-1)."""
    form = SignInForm()
    wanted = request.args.get("next")
    refusal, must_wait = None, False
    if form.validate_on_submit():
        now = clock.now()
        email, password = form.email.data or "", form.password.data or ""
        device = device_cookie.held()
        answer = check_password(edges(), context(), email, password, now, device)
        if answer.needs_new_password:
            return redirect(url_for("accounts.new_password_due"))
        if answer.account is not None:
            current_session().sign_in(answer.account.id)
            login_user(answer.account)
            if is_own_path(wanted):
                session["next"] = wanted
            return go_on()
        refusal = _("Check your e-mail address and your password")
        if answer.closed_until is not None:
            refusal, must_wait = wait_words(answer.closed_until, now), True
    ended = "ended" in request.args and refusal is None and not form.errors
    return render_template(
        "accounts/sign_in.html",
        form=form,
        wanted=wanted if is_own_path(wanted) else None,
        ended=ended,
        refusal=refusal,
        must_wait=must_wait,
        page_has_error=refusal is not None,
    )


@blueprint.post("/sign-out")
@half_signed_in()
def sign_out() -> ResponseReturnValue:
    """The session ends on the server, and the browser is told to forget (SES-2, CCH-1).

    All but the device cookie, so that the owner's next sign-in is on a known device (PWD-5);
    "Leave this site" forgets that too.
    """
    row = current_session().row
    account_id = row.account_id if row is not None else None
    record_event(db(), "account:sign-in:ended", now=clock.now(), actor_id=account_id)
    current_session().end()
    answer = redirect(url_for("accounts.signed_out"), code=303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    link_cookie.drop(answer)
    return answer


@blueprint.get("/signed-out")
@public
def signed_out() -> ResponseReturnValue:
    """Signed out."""
    return render_template("accounts/signed_out.html")
