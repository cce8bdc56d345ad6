"""What waits for a second person, and what one asked for oneself (ACL-4, RCV-2)."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.reauthentication import recently_authenticated
from portal.security.permissions import Permission
from portal.staff import members, two_people
from portal.staff.models import TwoPersonRequest
from portal.staff.note_opening import APPROVAL, note_opening
from portal.staff.people_forms import DecisionForm
from portal.staff.two_people import CannotBeDone, NothingToDecide, NotTheSecond
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.words import ACTION_WORDS
from portal.web import clock, context, db
from portal.web.access import staff_only


@blueprint.get("/approvals")
@staff_only(Permission.APPROVE)
def approvals() -> ResponseReturnValue:
    """What others asked for, the oldest first."""
    waiting = two_people.open_requests(db(), clock.now())
    of_others = [it for it in waiting if it.asked_by != worker().id]
    rows = two_people.with_may_decide(db(), worker(), of_others)
    names = members.names(db())
    return render_template("staff/approvals.html", rows=rows, names=names, words=_words())


@blueprint.route("/approvals/<asked>", methods=["GET", "POST"])
@staff_only(Permission.APPROVE)
@recently_authenticated
def approval(asked: str) -> ResponseReturnValue:
    """One of them with its reason, to approve or to refuse."""
    found = _open(asked)
    if found is None or not two_people.may_decide(db(), worker(), found):
        abort(404)
    parent = two_people.parent_of(db(), (found.subject_kind, found.subject_id))
    if parent is not None:
        note_opening(worker(), parent, APPROVAL)
    form = DecisionForm()
    if form.validate_on_submit():
        flash(*_decide(asked, form.decision.data))
        return redirect(url_for("staff.approvals"))
    return render_template(
        "staff/approval.html",
        asked=found,
        form=form,
        about=two_people.description(db(), context(), found),
        reason=two_people.reason_of(context(), found),
        names=members.names(db()),
        words=_words(),
    )


@blueprint.get("/approvals/asked")
@staff_only(Permission.HELP_PARENTS)
def asked() -> ResponseReturnValue:
    """What this worker asked for and nobody decided yet."""
    rows = [
        (it, two_people.description(db(), context(), it), two_people.reason_of(context(), it))
        for it in two_people.open_requests(db(), clock.now())
        if it.asked_by == worker().id
    ]
    return render_template("staff/asked.html", rows=rows, words=_words())


@blueprint.post("/approvals/asked/<asked>/withdrawal")
@staff_only(Permission.HELP_PARENTS)
def asked_withdrawal(asked: str) -> ResponseReturnValue:
    """Take back what one asked for."""
    try:
        two_people.withdraw(db(), worker(), asked, clock.now())
        flash(_("You took it back."), "success")
    except NothingToDecide:
        flash(_("Somebody decided it already."), "info")
    return redirect(url_for("staff.asked"))


def _words() -> dict[str, object]:
    return {action.value: words for action, words in ACTION_WORDS.items()}


def _open(asked: str) -> TwoPersonRequest | None:
    return two_people.open_request(db(), asked, clock.now())


def _decide(asked: str, decision: str) -> tuple[str, str]:
    """Decide, and say how it went."""
    now = clock.now()
    try:
        if decision == "refuse":
            two_people.refuse(db(), worker(), asked, now)
            return _("Refused."), "success"
        with db().begin_nested():
            two_people.approve(db(), context(), worker(), asked, now)
        return _("Approved. It is done."), "success"
    except CannotBeDone:
        return _("This cannot be done any more. Refuse it, or have it taken back."), "error"
    except (NothingToDecide, NotTheSecond, LookupError):
        return _("Somebody decided it already."), "info"
