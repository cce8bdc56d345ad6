"""The safety page: a parent marks oneself, and keeps the whole portal (PRV-2)."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.safety_marks import is_marked, set_mark
from portal.accounts.views.blueprint import blueprint, me
from portal.audit.trail import record_event
from portal.web import clock, db
from portal.web.access import signed_in
from portal.web.forms import EmptyForm


@blueprint.route("/account/safety", methods=["GET", "POST"])
@signed_in
def safety() -> ResponseReturnValue:
    """Whether the mark is set, what it does, and the button that sets it."""
    form = EmptyForm()
    participant_id = me().participant_id
    if participant_id is None:
        return render_template("accounts/safety.html", form=form, marked=False, linked=False)
    if form.validate_on_submit():
        if set_mark(db(), participant_id, set_by="parent", now=clock.now()):
            record_event(db(), "account:safety-mark:set", now=clock.now(), actor_id=me().id,
                         subject=("participant", participant_id))  # fmt: skip
        return redirect(url_for("accounts.safety"))
    marked = is_marked(db(), participant_id)
    return render_template("accounts/safety.html", form=form, marked=marked, linked=True)
