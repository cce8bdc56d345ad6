"""Where one is signed in, and signing other devices out (SES-4)."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import device_cookie, known_devices
from portal.accounts import end_sessions as service
from portal.accounts.reauthentication import recently_authenticated
from portal.accounts.views.blueprint import blueprint, me
from portal.audit.trail import record_event
from portal.web import clock, current_session, db
from portal.web.access import signed_in


@blueprint.get("/account/devices")
@signed_in
def devices() -> ResponseReturnValue:
    """The devices signed in now, and those that were signed in before."""
    now, row = clock.now(), current_session().row
    sessions = service.live_sessions(db(), me(), now)
    in_use = {found.known_device_id for found in sessions}
    known = [it for it in known_devices.all_of(db(), me().id, now) if it.id not in in_use]
    return render_template(
        "accounts/devices.html", sessions=sessions, known=known, mine=row.id if row else None
    )


@blueprint.route("/account/devices/<session_id>/end", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def end_session(session_id: str) -> ResponseReturnValue:
    """Sign one device out. A GET comes back from proving that one is present, and only reads."""
    now, row = clock.now(), current_session().row
    if request.method == "POST":
        found = service.find_session(db(), me(), session_id, now)
        if found is None or (row is not None and found.id == row.id):
            abort(404)
        service.end_session(db(), me(), found, now)
        flash(_("That device was signed out."), "success")
    return redirect(url_for("accounts.devices"))


@blueprint.route("/account/devices/others/end", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def end_other_sessions() -> ResponseReturnValue:
    """Sign every other device out, and know none of them any longer."""
    row = current_session().row
    if request.method == "POST":
        service.end_others(
            db(),
            me(),
            clock.now(),
            keep_session=row.id if row is not None else None,
            keep_device=device_cookie.held(),
        )
        flash(_("Every other device was signed out."), "success")
    return redirect(url_for("accounts.devices"))


@blueprint.route("/account/devices/<device_id>/forget", methods=["GET", "POST"])
@signed_in
@recently_authenticated
def forget_device(device_id: str) -> ResponseReturnValue:
    """Know a device no longer: signing in there counts as new, and a mail tells of it."""
    now = clock.now()
    if request.method == "POST":
        if service.find_device(db(), me(), device_id, now) is None:
            abort(404)
        service.forget_device(db(), me(), device_id)
        record_event(db(), "account:device:forgotten", now=now, actor_id=me().id,
                     subject=("account", me().id))  # fmt: skip
        flash(_("That device is not known any more."), "success")
    return redirect(url_for("accounts.devices"))
