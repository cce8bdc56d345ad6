"""The auditor's pages: who opened which record, and what of it is unusual (AUD-4)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.security.permissions import Permission
from portal.staff import audit_pages, members
from portal.staff.audit_forms import RULES, DaysForm, TrailForm, WhoForm, reason_words
from portal.staff.audit_search import find_who
from portal.staff.operations import trail_state
from portal.staff.unusual import REFUSED_A_DAY
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.words import ROLE_WORDS
from portal.web import clock, context, db
from portal.web.access import staff_only
from portal.web.filters import moment


@blueprint.get("/trail")
@staff_only(Permission.READ_TRAIL)
def trail() -> ResponseReturnValue:
    """The openings of the chosen days, of a worker or a person if one was chosen."""
    return _trail_page(WhoForm())


@blueprint.post("/trail/people")
@staff_only(Permission.READ_TRAIL)
def trail_search() -> ResponseReturnValue:
    """From a number to the openings of its people."""
    form = WhoForm()
    if not form.validate():
        return _trail_page(form)
    typed = form.number.data or ""
    found = find_who(db(), context(), worker(), typed, clock.now())
    if found.is_close:
        return render_template("staff/party.html"), 403
    if found.closed_until is not None:
        form.number.errors = [_("You looked for too many numbers. Try again after %(when)s",
                                when=moment(found.closed_until))]  # fmt: skip
        return _trail_page(form), 429
    if found.who is None:
        form.number.errors = [_("There is no case or person of this number")]
        return _trail_page(form)
    token = context().opaque.hide("who", found.who, within=worker().id)
    return redirect(url_for("staff.trail", who=token))


@blueprint.get("/trail/unusual")
@staff_only(Permission.READ_TRAIL)
def trail_unusual() -> ResponseReturnValue:
    """What the rules find in the chosen days."""
    form = DaysForm(audit_pages.usual_days(context().agency, clock.now()))
    found = audit_pages.unusual(db(), context().agency, *form.days)
    return render_template(
        "staff/trail_unusual.html",
        form=form,
        found=[(it, _token(it.worker_id)) for it in found],
        names=members.names(db()),
        rules=RULES,
        hours=context().agency.staff,
        refused_a_day=REFUSED_A_DAY,
    )


def _token(worker_id: str) -> str:
    return context().opaque.hide("worker", worker_id, within=worker().id)


def _trail_page(who_form: WhoForm) -> str:
    opaque, me = context().opaque, worker()
    workers = {_token(key): name for key, name in members.names(db()).items()}
    form = TrailForm(audit_pages.usual_days(context().agency, clock.now()), workers)
    typed, who = form.worker.data or "", request.args.get("who", "")
    wanted = audit_pages.Wanted(
        *form.days,
        worker_id=(opaque.reveal("worker", typed, within=me.id) or "") if typed else None,
        who=(opaque.reveal("who", who, within=me.id) or "") if who else None,
    )
    page = request.args.get("page", 1, type=int)
    return render_template(
        "staff/trail.html",
        form=form,
        who_form=who_form,
        who=who,
        found=audit_pages.read_openings(db(), context(), me, wanted, page),
        arguments={key: value for key, value in request.args.items() if key != "page"},
        state=trail_state(db(), clock.now()),
        reason_words=reason_words,
        roles=ROLE_WORDS,
    )
