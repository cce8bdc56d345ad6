"""The auditor's list of what the staff did, tried and were refused (AUD-1, AUD-4)."""

from __future__ import annotations

from flask import render_template, request

from portal.security.permissions import Permission
from portal.staff import members
from portal.staff.audit_forms import EventsForm
from portal.staff.audit_pages import usual_days
from portal.staff.trail_events import WantedEvents, read_events
from portal.staff.trail_words import DETAILS, EVENTS, KINDS
from portal.staff.views.blueprint import blueprint, worker
from portal.web import clock, context, db
from portal.web.access import staff_only


@blueprint.get("/trail/events")
@staff_only(Permission.READ_TRAIL)
def trail_events() -> str:
    """The events of the chosen days, of one worker or kind if one was chosen."""
    opaque, me = context().opaque, worker()
    workers = {
        opaque.hide("worker", key, within=me.id): name for key, name in members.names(db()).items()
    }
    kinds = {code: kind.words for code, kind in KINDS.items()}
    form = EventsForm(usual_days(context().agency, clock.now()), workers, kinds)
    typed = form.worker.data or ""
    wanted = WantedEvents(
        *form.days,
        worker_id=(opaque.reveal("worker", typed, within=me.id) or "") if typed else None,
        kind=form.kind.data if form.kind.data in KINDS else "",
        refused=bool(form.refused.data),
    )
    page = request.args.get("page", 1, type=int)
    return render_template(
        "staff/trail_events.html",
        form=form,
        found=read_events(db(), context(), me, wanted, page),
        arguments={key: value for key, value in request.args.items() if key != "page"},
        events=EVENTS,
        details=DETAILS,
    )
