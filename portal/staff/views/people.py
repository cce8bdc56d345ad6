"""Who is on the staff: roles, keeping somebody out, whom they are close to (ACL-3, ACL-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.reauthentication import recently_authenticated
from portal.security.permissions import Permission, StaffRole
from portal.staff import members, parties
from portal.staff.add_member import SamePerson
from portal.staff.disable import disable, enable, end_for_good
from portal.staff.grants import HasRole, LastSupervisor, ask_role, end_role
from portal.staff.members import Member
from portal.staff.people_forms import CloseForm, EndRoleForm, NewRoleForm
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.words import ROLE_HINTS, ROLE_WORDS
from portal.web import clock, context, db
from portal.web.access import staff_only
from portal.web.filters import moment
from portal.web.forms import EmptyForm

KIND = "staff"


def hidden(account_id: str) -> str:
    """The id of a colleague in this worker's addresses."""
    return context().opaque.hide(KIND, account_id, within=worker().id)


def _found(shown: str) -> tuple[Account, Member]:
    account_id = context().opaque.reveal(KIND, shown, within=worker().id)
    try:
        return members.find_member(db(), context(), account_id or "")
    except LookupError:
        abort(404)


def _back(shown: str) -> ResponseReturnValue:
    return redirect(url_for("staff.member", member=shown))


@blueprint.get("/people")
@staff_only(Permission.MANAGE_STAFF)
def people() -> ResponseReturnValue:
    """All members of the staff."""
    rows = [(hidden(it.account_id), it) for it in members.members(db(), context())]
    return render_template("staff/people.html", rows=rows, role_words=ROLE_WORDS)


@blueprint.get("/people/<member>")
@staff_only(Permission.MANAGE_STAFF)
def member(member: str) -> ResponseReturnValue:
    """One of them, and what can be changed."""
    _account, found = _found(member)
    is_me = found.account_id == worker().id
    return render_template(
        "staff/member.html", shown=member, member=found, is_me=is_me, role_words=ROLE_WORDS
    )


@blueprint.route("/people/<member>/role", methods=["GET", "POST"])
@staff_only(Permission.MANAGE_STAFF)
@recently_authenticated
def new_role(member: str) -> ResponseReturnValue:
    """Ask for a further role; another supervisor approves it."""
    account, found = _found(member)
    if account.id == worker().id:
        abort(404)
    had = {role for role, _since in found.roles}
    form = NewRoleForm([role for role in StaffRole if role not in had])
    if form.validate_on_submit():
        role, reason = StaffRole(form.role.data), form.reason.data or ""
        try:
            ask_role(db(), context(), worker(), account, role, reason, clock.now())
            flash(_("Another supervisor has to approve this role."), "success")
            return _back(member)
        except (HasRole, SamePerson):
            form.role.errors = (_("This role is there, or was asked for already"),)
    return render_template(
        "staff/new_role.html", shown=member, member=found, form=form, role_hints=ROLE_HINTS
    )


@blueprint.route("/people/<member>/role-end", methods=["GET", "POST"])
@staff_only(Permission.MANAGE_STAFF)
@recently_authenticated
def role_end(member: str) -> ResponseReturnValue:
    """End a role at once."""
    account, found = _found(member)
    form = EndRoleForm([role for role, _since in found.roles])
    if form.validate_on_submit():
        try:
            end_role(db(), worker(), account, StaffRole(form.role.data), clock.now())
            flash(_("The role has ended. The person has to sign in again."), "success")
            return redirect(url_for("staff.people"))
        except LastSupervisor:
            form.role.errors = (_("Without this supervisor nobody could approve anything"),)
        except LookupError:
            return _back(member)
    return render_template("staff/role_end.html", shown=member, member=found, form=form)


@blueprint.route("/people/<member>/disabling", methods=["GET", "POST"])
@staff_only(Permission.MANAGE_STAFF)
@recently_authenticated
def disabling(member: str) -> ResponseReturnValue:
    """Keep somebody out from now on; never oneself."""
    return _at_a_press(
        member, "staff/disabling.html", disable, _l("%(name)s cannot sign in any more.")
    )


@blueprint.route("/people/<member>/end", methods=["GET", "POST"])
@staff_only(Permission.MANAGE_STAFF)
@recently_authenticated
def member_end(member: str) -> ResponseReturnValue:
    """End an account for good; its address can be invited again."""
    said = _l("The account of %(name)s has ended.")
    return _at_a_press(member, "staff/member_end.html", end_for_good, said, gone=True)


@blueprint.route("/people/<member>/enabling", methods=["GET", "POST"])
@staff_only(Permission.MANAGE_STAFF)
@recently_authenticated
def enabling(member: str) -> ResponseReturnValue:
    """Let somebody in again."""
    return _at_a_press(member, "staff/enabling.html", enable, _l("%(name)s can sign in again."))


def _at_a_press(
    shown: str,
    template: str,
    act: Callable[[Session, Account, Account, datetime], object],
    said: str,
    *,
    gone: bool = False,
) -> ResponseReturnValue:
    """A page with one button: act on a colleague, never on oneself, say what came of it, and go
    back to them, or, where they are gone then, to all."""
    account, found = _found(shown)
    if account.id == worker().id:
        abort(404)
    form = EmptyForm()
    if not form.validate_on_submit():
        return render_template(template, shown=shown, member=found, form=form)
    try:
        act(db(), account, worker(), clock.now())
        flash(str(said) % {"name": found.name}, "success")
    except (LookupError, LastSupervisor):
        flash(_("Nothing was changed."), "info")
    return redirect(url_for("staff.people")) if gone else _back(shown)


@blueprint.route("/people/<member>/close-person", methods=["GET", "POST"])
@staff_only(Permission.MANAGE_STAFF)
@recently_authenticated
def close_person(member: str) -> ResponseReturnValue:
    """Note whom on a case a colleague is, or is close to."""
    account, found = _found(member)
    form = CloseForm()
    if form.validate_on_submit() and _declared(account.id, form):
        flash(_("Noted. If this is somebody of our cases, their cases are closed to %(name)s.",
                name=found.name), "success")  # fmt: skip
        return _back(member)
    return render_template("staff/close_person.html", shown=member, member=found, form=form)


@blueprint.route("/close-to-me", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
def close_to_me() -> ResponseReturnValue:
    """Say whom on a case one is close to oneself: one need not ask a supervisor for that."""
    form = CloseForm()
    if form.validate_on_submit() and _declared(worker().id, form):
        flash(_("Noted. If this is somebody of our cases, their cases are closed to you."),
              "success")  # fmt: skip
        return redirect(url_for("accounts.account"))
    return render_template("staff/close_to_me.html", form=form)


def _declared(account_id: str, form: CloseForm) -> bool:
    """Note what the form says; false, with an error at its field, where it is one too many."""
    number, now = form.number.data or "", clock.now()
    try:
        parties.declare_close(db(), context(), account_id, number, by=worker(), now=now)
    except parties.TooManyNamed as problem:
        form.number.errors = [_("You named too many people. Try again after %(when)s",
                                when=moment(problem.until))]  # fmt: skip
        return False
    return True
