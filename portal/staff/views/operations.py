"""What the operators look after, and trying a mail again."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.security.permissions import Permission
from portal.staff.operations import read_operations
from portal.staff.operations_mail import retry, retry_all
from portal.staff.operations_words import CODES, JOBS, LOAD_KINDS
from portal.staff.views.blueprint import blueprint, worker
from portal.web import clock, context, db
from portal.web.access import staff_only
from portal.web.forms import EmptyForm

ALL = "all"
"""In place of one mail: every one that is listed."""
_KIND = "mail"


@blueprint.get("/operations")
@staff_only(Permission.OPERATE)
def operations() -> ResponseReturnValue:
    """Extracts, exports, mail, jobs, evidence, the trail; no case data."""
    services = context()
    seen = read_operations(db(), services, clock.now())
    hide = services.opaque.hide
    given_up = [(hide(_KIND, it.id, within=worker().id), it) for it in seen.outbox.listed]
    return render_template(
        "staff/operations.html",
        seen=seen,
        problems=current_app.extensions["portal.health"](services, db()),
        given_up=given_up,
        job_words=JOBS,
        codes=CODES,
        load_kinds=LOAD_KINDS,
    )


@blueprint.post("/operations/retried-mail")
@staff_only(Permission.OPERATE)
def operations_retry() -> ResponseReturnValue:
    """Let the worker try a mail again, or all that are listed."""
    wanted = request.form.get("mail", "")
    if EmptyForm().validate_on_submit():
        if wanted == ALL:
            count = retry_all(db(), worker(), clock.now())
        else:
            count = _retry_one(wanted)
        if count:
            flash(ngettext("%(num)s mail will be tried again now.",
                           "%(num)s mails will be tried again now.", count), "success")  # fmt: skip
        else:
            flash(_("Nothing was changed: this mail went out or waits already."), "info")
    return redirect(url_for("staff.operations", _anchor="mail"))


def _retry_one(shown: str) -> int:
    item_id = context().opaque.reveal(_KIND, shown, within=worker().id)
    try:
        retry(db(), worker(), item_id or "", clock.now())
    except LookupError:
        return 0
    return 1
