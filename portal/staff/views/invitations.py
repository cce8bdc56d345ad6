"""Inviting to the staff, and accepting an invitation."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from portal.accounts import link_cookie
from portal.accounts.reauthentication import recently_authenticated
from portal.accounts.views.blueprint import FEW, go_on
from portal.security.permissions import Permission, StaffRole
from portal.staff import accept_invitation as service
from portal.staff import invite, members
from portal.staff.invite import CannotInvite, Wanted
from portal.staff.people_forms import AcceptForm, InviteForm
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.words import ROLE_HINTS, ROLE_WORDS
from portal.web import clock, context, current_session, db
from portal.web.access import public, staff_only
from portal.web.limits import limiter


@blueprint.get("/people/invitations")
@staff_only(Permission.MANAGE_STAFF)
def invitations() -> ResponseReturnValue:
    """All invitations with their state and when they end."""
    now = clock.now()
    rows = [
        (it, invite.email_of(context(), it), invite.roles_of(it), invite.state(it, now))
        for it in invite.invitations(db())
    ]
    return render_template(
        "staff/invitations.html", rows=rows, role_words=ROLE_WORDS, names=members.names(db())
    )


@blueprint.route("/people/invitations/new", methods=["GET", "POST"])
@staff_only(Permission.MANAGE_STAFF)
@recently_authenticated
def new_invitation() -> ResponseReturnValue:
    """Ask for an invitation; the mail goes out once another supervisor approved it."""
    form = InviteForm()
    if form.validate_on_submit():
        roles = tuple(StaffRole(role) for role in form.roles.data or ())
        wanted = Wanted(form.name.data or "", form.email.data or "", roles)
        reason = form.reason.data or ""
        try:
            invite.invite(db(), context(), worker(), wanted, reason, clock.now())
            flash(_("Another supervisor has to approve it. Then the mail goes out."), "success")
            return redirect(url_for("staff.invitations"))
        except CannotInvite:
            form.email.errors = (_("This address cannot be invited"),)
    return render_template("staff/new_invitation.html", form=form, role_hints=ROLE_HINTS)


@blueprint.route("/people/invitations/<invitation>/withdrawal", methods=["GET", "POST"])
@staff_only(Permission.MANAGE_STAFF)
@recently_authenticated
def invitation_withdrawal(invitation: str) -> ResponseReturnValue:
    """Take an invitation back. A GET comes back from proving that one is present."""
    if request.method == "POST":
        try:
            invite.withdraw(db(), invitation, worker(), clock.now())
            flash(_("The invitation was taken back. Its link does not work any more."), "success")
        except LookupError:
            flash(_("This invitation is not open any more."), "info")
    return redirect(url_for("staff.invitations"))


@blueprint.route("/invitation", methods=["GET", "POST"])
@public
@limiter.limit(FEW, methods=["POST"])
def invitation() -> ResponseReturnValue:
    """The mailed link: opening it changes nothing, the button makes the account (LNK-4)."""
    moved = link_cookie.take("staff.invitation")
    if moved is not None:
        return moved
    token, now = link_cookie.held(), clock.now()
    found = service.find_link(db(), context(), token, now)
    if found is None:
        return render_template("staff/dead_invitation.html"), 410
    email = invite.email_of(context(), found[1])
    form = AcceptForm(email)
    if form.validate_on_submit():
        password = form.password.data or ""
        account = service.accept(db(), context(), token, password, form.close_to, now)
        if account is None:
            return link_cookie.drop_from(render_template("staff/dead_invitation.html"), 410)
        current_session().sign_in(account.id)
        login_user(account)
        return link_cookie.drop(go_on())
    return render_template("staff/invitation.html", form=form, email=email, name=found[1].name)
