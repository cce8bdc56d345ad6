"""The demo's own pages: who one can be, one tap to be them, and the mailbox.

The room is imported and registered in demo mode only (SUP-2).
"""

from __future__ import annotations

import pyotp
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.accounts.models import Account
from portal.demo.mailbox import folder_of, list_mails, read_mail
from portal.demo.people import Demo, Person, read_demo
from portal.web import clock, context, current_session, db
from portal.web.access import public

blueprint = Blueprint("demo", __name__, url_prefix="/demo")


@blueprint.get("/")
@public
def people() -> ResponseReturnValue:
    """Who one can be, and why each is interesting."""
    demo = _demo()
    return render_template(
        "demo/people.html",
        registered=[it for it in demo.people if it.registered and not it.is_staff],
        staff=[person for person in demo.people if person.is_staff],
        unregistered=[person for person in demo.people if not person.registered],
        codes={person.key: _code(person) for person in demo.people if person.registered},
    )


@blueprint.post("/sign-in/<key>")
@public
def sign_in(key: str) -> ResponseReturnValue:
    """Be this person at once, second factor included."""
    person = _demo().person(key)
    if person is None or not person.registered:
        abort(404)
    whose = Account.participant_id == person.participant_id
    if person.is_staff:
        whose = Account.id == person.account_id
    account = db().scalar(select(Account).where(whose))
    if account is None:
        abort(404)
    current_session().sign_in(account.id)
    current_session().second_factor_passed()
    return redirect(url_for("web.home"))


@blueprint.get("/mailbox")
@public
def mailbox() -> ResponseReturnValue:
    """Every message the portal sent, newest first."""
    wanted = request.args.get("to", "")
    mails = list_mails(folder_of(context().settings.mail_url), wanted)
    return render_template("demo/mailbox.html", mails=mails, to=wanted)


@blueprint.get("/mailbox/<name>")
@public
def mail(name: str) -> ResponseReturnValue:
    """One message, its links live."""
    found = read_mail(folder_of(context().settings.mail_url), name)
    if found is None:
        abort(404)
    return render_template("demo/mail.html", mail=found)


def _demo() -> Demo:
    demo = read_demo(context().settings.instance)
    if demo is None:
        abort(404)
    return demo


def _code(person: Person) -> str:
    """The authenticator's code at this moment, in place of a phone."""
    return pyotp.TOTP(person.totp_secret).at(clock.now())
