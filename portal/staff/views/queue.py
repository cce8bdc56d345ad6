"""The queue, and the way to the next request."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.security.permissions import Permission
from portal.staff.queue import Whose, list_queue, next_number
from portal.staff.queue_forms import QueueFilterForm, language_name
from portal.staff.views.blueprint import blueprint, worker
from portal.web import clock, context, db
from portal.web.access import staff_only


@blueprint.get("/queue")
@staff_only(Permission.WORK_REQUESTS)
def queue() -> ResponseReturnValue:
    """Open requests by due date, late ones first: filtered, a page at a time."""
    agency = context().agency
    form = QueueFilterForm(agency.languages, formdata=request.args)
    wanted, page = form.wanted(), request.args.get("page", 1, type=int)
    return render_template(
        "staff/queue.html",
        form=form,
        listed=list_queue(db(), agency, worker(), wanted, page, clock.now()),
        wanted=wanted,
        language_name=language_name,
    )


@blueprint.get("/queue/next")
@staff_only(Permission.WORK_REQUESTS)
def next_request() -> ResponseReturnValue:
    """To the next request that nobody has, after the one just looked at."""
    now, after = clock.now(), request.args.get("after")
    number = next_number(db(), context().agency, worker(), now, after)
    if number is None:
        return redirect(url_for("staff.queue", whose=Whose.NOBODYS.value))
    return redirect(url_for("staff.request_page", number=number))
