"""What happened on one's own account (AUD-4)."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.history import history as history_of
from portal.accounts.views.blueprint import blueprint, me
from portal.web import db
from portal.web.access import signed_in


@blueprint.get("/account/history")
@signed_in
def history() -> ResponseReturnValue:
    """The newest first, a page at a time."""
    found = history_of(db(), me(), request.args.get("page", 1, type=int))
    return render_template("accounts/history.html", found=found)
