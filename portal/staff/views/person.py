"""A parent's record, once a worker said why they open it (AUD-4)."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.requests import words as request_words
from portal.security.permissions import Permission
from portal.staff import refusals
from portal.staff.look_up_person import Person, read_person
from portal.staff.look_up_words import FACTORS, ROLES
from portal.staff.note_opening import latest_opening, note_opening
from portal.staff.parties import PartyToCase
from portal.staff.views.blueprint import blueprint, worker
from portal.web import clock, context, db
from portal.web.access import staff_only


@blueprint.get("/parents/<person>")
@staff_only(Permission.LOOK_UP_PARENTS)
def person(person: str) -> ResponseReturnValue:
    """What the parent sees of the cases, what was sent, and the state of the account."""
    found = open_person(person)
    if not isinstance(found, Person):
        return found
    hide = context().opaque.hide
    return render_template(
        "staff/person.html",
        shown=person,
        seen=found,
        roles=ROLES,
        factors=FACTORS,
        request_words=request_words,
        letters=[(it, hide("letter", it.id, within=worker().id)) for it in found.letters],
        tokens={it.case_id: hide("case", it.case_id, within=worker().id) for it in found.cases},
    )


def open_person(token: str) -> Person | ResponseReturnValue:
    """The record behind an address of this worker's, its opening noted; or the answer that keeps
    it shut: 404, the page for parties (ACL-4), the way to say why."""
    key = context().opaque.reveal("person", token, within=worker().id)
    if key is None:
        abort(404)
    try:
        found = read_person(db(), context(), worker(), key, clock.now())
    except LookupError:
        abort(404)
    except PartyToCase:
        refusals.note(worker().id, request.endpoint or "", "close")
        return render_template("staff/party.html"), 403
    last = latest_opening(db(), worker(), key, clock.now())
    if last is None:
        flash(_("Say first why you open this record."), "info")
        return redirect(url_for("staff.look_up"))
    note_opening(worker(), key, last.reason)
    return found
