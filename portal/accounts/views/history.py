"""What happened on one's own account (AUD-4)."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.history import history as history_of
from portal.accounts.record_openings import openings_of, page_of
from portal.accounts.views.blueprint import blueprint, me
from portal.web import context, db
from portal.web.access import signed_in


@blueprint.get("/account/history")
@signed_in
def history() -> ResponseReturnValue:
    """The newest first, a page at a time."""
    found = history_of(db(), me(), request.args.get("page", 1, type=int))
    return render_template("accounts/history.html", found=found)


@blueprint.get("/account/record-openings")
@signed_in
def record_openings() -> ResponseReturnValue:
    """Who of the agency opened one's record; parents alone have one."""
    if me().is_staff:
        abort(404)
    opened = openings_of(db(), context().agency, me().participant_id or "")
    found = page_of(opened, request.args.get("page", 1, type=int))
    return render_template("accounts/record_openings.html", found=found)
