"""flask-login: ``current_user`` is the account of this request's session."""

from __future__ import annotations

from flask import Flask, Request
from flask_login import LoginManager

from portal.accounts.models import Account
from portal.web import current_session, db

manager = LoginManager()
manager.session_protection = None  # sessions are rows on the server and end there
manager.login_view = "accounts.sign_in"
manager.refresh_view = "accounts.authenticate"


NO_COOKIE = "="
"""No cookie can have this name: the extension's cookie that remembers people does not exist here.
Under its usual name a planted one would be believed before the session, and sign its owner out."""


def load_account(_request: Request) -> Account | None:
    """The account that the session's row names, or None for a visitor."""
    row = current_session().row
    if row is None or row.account_id is None:
        return None
    return db().get(Account, row.account_id)


def init_app(app: Flask) -> None:
    """Give ``app`` its ``current_user``."""
    app.config["REMEMBER_COOKIE_NAME"] = NO_COOKIE
    manager.request_loader(load_account)
    manager.init_app(app)
