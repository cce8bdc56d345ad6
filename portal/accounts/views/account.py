"""The account's own page."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts import text_factor
from portal.accounts.contact import shown_phone
from portal.accounts.find_account import email_of, new_email_of, phone_of
from portal.accounts.hints import QUESTIONS
from portal.accounts.make_recovery_codes import codes_left
from portal.accounts.views.blueprint import blueprint, me
from portal.web import context, db
from portal.web.access import signed_in


@blueprint.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Contact details and sign-in settings, each with its way to change it."""
    sealer = context().sealer
    phone = phone_of(sealer, me())
    return render_template(
        "accounts/account.html",
        email=email_of(sealer, me()),
        new_email=new_email_of(sealer, me()),
        phone=shown_phone(phone) if phone else None,
        question=QUESTIONS.get(me().hint_question or ""),
        codes_left=codes_left(db(), me()),
        account=me(),
        texts_offered=text_factor.is_offered(context(), me()),
    )
