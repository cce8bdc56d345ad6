"""Asking to see where a marked parent lives, and granting it for one request (PRV-2)."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.reauthentication import recently_authenticated
from portal.security.permissions import Permission
from portal.staff import protected_location as service
from portal.staff.look_up_forms import LocationForm, WhyForm
from portal.staff.note_opening import APPROVAL, note_opening
from portal.staff.parties import PartyToCase
from portal.staff.protected_location import NothingHidden, NotTheirs
from portal.staff.two_people import NothingToDecide
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.views.on_request import on_request
from portal.web import clock, context, db
from portal.web.access import staff_only


@blueprint.route("/requests/<number>/protected-location", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
@on_request
def protected_location(number: str) -> ResponseReturnValue:
    """Ask a supervisor, with the reason."""
    form = WhyForm()
    if form.validate_on_submit():
        try:
            service.ask(db(), context(), worker(), number, form.words.data or "", clock.now())
            flash(_("A supervisor was asked. You see the address here once they agree."), "success")
        except NothingHidden:
            flash(_("There is nothing to ask for: you may see it, or you asked already."), "info")
        return redirect(url_for("staff.request_page", number=number))
    return render_template("staff/protected_location.html", form=form, number=number)


@blueprint.get("/protected-locations")
@staff_only(Permission.GRANT_PROTECTED_LOCATION)
def protected_locations() -> ResponseReturnValue:
    """What waits, the oldest first."""
    rows = service.waiting(db(), context(), worker(), clock.now())
    return render_template("staff/protected_locations.html", rows=rows)


@blueprint.route("/protected-locations/<grant>", methods=["GET", "POST"])
@staff_only(Permission.GRANT_PROTECTED_LOCATION)
@recently_authenticated
def protected_location_grant(grant: str) -> ResponseReturnValue:
    """One of them with its reason, to grant or to refuse."""
    rows = service.waiting(db(), context(), worker(), clock.now())
    asked = next((it for it in rows if it.id == grant), None)
    if asked is None:
        abort(404)
    note_opening(worker(), asked.participant_id, APPROVAL, asked.submission_id)
    form = LocationForm()
    if form.validate_on_submit():
        grants = form.decision.data == "grant"
        try:
            service.decide(db(), worker(), grant, clock.now(), grants=grants)
            flash(_("Granted, for 24 hours.") if grants else _("Refused."), "success")
        except (NothingToDecide, NotTheirs, PartyToCase):
            flash(_("Somebody decided it already."), "info")
        return redirect(url_for("staff.protected_locations"))
    return render_template("staff/protected_location_grant.html", form=form, asked=asked)
