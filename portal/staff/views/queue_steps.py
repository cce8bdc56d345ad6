"""Who has a request: taking it, giving it back, handing it over; putting it before supervisors."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.requests.lifecycle import IllegalTransition
from portal.security.permissions import Permission
from portal.staff import hand_over as handing
from portal.staff.escalate import escalate as put_before_supervisors
from portal.staff.escalate import take_mark_off
from portal.staff.queue_forms import EscalationForm, HandOverForm
from portal.staff.request_forms import plain
from portal.staff.take import TakenBySomebody, may_give
from portal.staff.take import give_back as give_it_back
from portal.staff.take import take as take_it
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.views.on_request import (
    REFUSALS,
    conflict,
    conflict_page,
    on_request,
    posted_version,
    requested,
)
from portal.web import clock, context, db
from portal.web.access import staff_only


def _to(number: str) -> ResponseReturnValue:
    return redirect(url_for("staff.request_page", number=number))


@blueprint.post("/requests/<number>/take")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def take(number: str) -> ResponseReturnValue:
    """Become its owner; of two at once one, and the other one is told who."""
    try:
        take_it(db(), context(), worker(), number, clock.now())
    except TakenBySomebody as problem:
        return render_template("staff/take.html", number=number, name=problem.name), 409
    except IllegalTransition as problem:
        return conflict_page(number, problem)
    return _to(number)


@blueprint.post("/requests/<number>/give-back")
@staff_only(Permission.WORK_REQUESTS)
@on_request
def give_back(number: str) -> ResponseReturnValue:
    """Leave it to whoever takes it next."""
    try:
        give_it_back(db(), worker(), number, posted_version(), clock.now())
    except REFUSALS as problem:
        return conflict_page(number, problem)
    flash(_("Request %(number)s is back in the queue.", number=number), "success")
    return redirect(url_for("staff.queue"))


@blueprint.route("/requests/<number>/hand-over", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
@on_request
def hand_over(number: str) -> ResponseReturnValue:
    """Give it to a colleague."""
    submission, late = requested(), None
    names = handing.colleagues(db(), submission)
    form = HandOverForm(names)
    if form.validate_on_submit():
        to = form.colleague.data
        try:
            handing.hand_over(db(), context(), worker(), number, posted_version(), to, clock.now())
        except handing.CannotWork:
            form.colleague.errors = [_("Choose a colleague who can work this request")]
        except REFUSALS as problem:
            late = conflict(problem)
        else:
            flash(_("Handed over to %(name)s.", name=dict(names)[to]), "success")
            return _to(number)
    mine = may_give(worker(), submission)
    page = render_template("staff/hand_over.html", form=form, seen=submission, conflict=late,
                           may_give=mine, any_colleague=bool(names))  # fmt: skip
    return (page, 409) if late else page


@blueprint.route("/requests/<number>/escalation", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
@on_request
def escalate(number: str) -> ResponseReturnValue:
    """Put it before the supervisors, with the reason."""
    form, late = EscalationForm(), None
    if form.validate_on_submit():
        try:
            reason = plain(form.reason.data)
            put_before_supervisors(
                db(), context(), worker(), number, posted_version(), reason, clock.now()
            )
        except REFUSALS as problem:
            late = conflict(problem)
        else:
            flash(_("The supervisors are told. Your reason is among the notes."), "success")
            return _to(number)
    submission = requested()
    page = render_template("staff/escalate.html", form=form, seen=submission, conflict=late)
    return (page, 409) if late else page


@blueprint.post("/requests/<number>/escalation/removal")
@staff_only(Permission.LEAD_QUEUE)
@on_request
def escalation_removal(number: str) -> ResponseReturnValue:
    """Take the supervisors' mark off."""
    try:
        take_mark_off(db(), worker(), number, posted_version(), clock.now())
    except REFUSALS as problem:
        return conflict_page(number, problem)
    flash(_("Request %(number)s is not marked any more.", number=number), "success")
    return _to(number)
