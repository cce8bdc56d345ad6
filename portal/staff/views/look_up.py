"""Looking a parent up, for a reason (AUD-4)."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.security.permissions import Permission
from portal.staff.look_up import Reason
from portal.staff.look_up import look_up as find
from portal.staff.look_up_forms import LookUpForm
from portal.staff.views.blueprint import blueprint, worker
from portal.web import clock, context, db
from portal.web.access import staff_only
from portal.web.filters import moment


@blueprint.route("/look-up", methods=["GET", "POST"])
@staff_only(Permission.LOOK_UP_PARENTS)
def look_up() -> ResponseReturnValue:
    """One parent or nobody; opening the record is written down with the reason."""
    form = LookUpForm()
    status = 200
    if form.validate_on_submit():
        reason, words = Reason(form.reason.data), form.words.data or ""
        found = find(db(), context(), worker(), form.wanted, reason, words, clock.now())
        if found.participant_id is not None:
            shown = context().opaque.hide("person", found.participant_id, within=worker().id)
            return redirect(url_for("staff.person", person=shown))
        if found.is_close:
            return render_template("staff/party.html"), 403
        if found.closed_until is not None:
            status = 429
            form.by.errors = [_("You looked up too many parents. Try again after %(when)s",
                                when=moment(found.closed_until))]  # fmt: skip
        else:
            form.by.errors = [_("Nobody was found, or more than one parent fits")]
    return render_template("staff/look_up.html", form=form), status
