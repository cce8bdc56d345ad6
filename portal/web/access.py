"""Default deny: a view without a mark is refused; each mark is one line above the view (OTP-5).

=====================  ==========================================================================
``@public``            anyone
``@half_signed_in``    the password was right; only for the step that is due (or for any, as
                       signing out), so that a password alone reaches nothing else
``@signed_in``         a complete account: every registration step done and the second factor given
``@staff_only(…)``     a complete account of the staff with the permission; for everybody else the
                       address does not exist (ACL-3)
=====================  ==========================================================================

Rooms for parents alone hang :func:`parents_only` on their blueprint.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from portal.security.permissions import Permission
from portal.web import kept_work
from portal.web.actor import SignedInUser
from portal.web.edge import SAFE_METHODS
from portal.web.sessions import current_session

View = TypeVar("View", bound=Callable[..., Any])
ANY_STEP = "*"


class Access(enum.Enum):
    """Who reaches a view."""

    PUBLIC = "public"
    HALF_SIGNED_IN = "half signed in"
    SIGNED_IN = "signed in"
    STAFF = "staff"


def public(view: View) -> View:
    """Mark a view that anyone may open."""
    return _mark(view, Access.PUBLIC)


def signed_in(view: View) -> View:
    """Mark a view for complete accounts only."""
    return _mark(view, Access.SIGNED_IN)


def staff_only(permission: Permission) -> Callable[[View], View]:
    """Mark a view for members of the staff whose role has the permission."""

    def mark(view: View) -> View:
        view.access_permission = permission  # type: ignore[attr-defined]
        return _mark(view, Access.STAFF)

    return mark


def parents_only() -> None:
    """Before the requests of a blueprint: nothing of it exists for the staff."""
    if current_user.is_authenticated and cast(SignedInUser, current_user).is_staff:
        abort(404)


def half_signed_in(*, step: str = ANY_STEP) -> Callable[[View], View]:
    """Mark a view of one step on the way in.

    :param step: the endpoint that ``next_step`` names while this view may be opened.
    """

    def mark(view: View) -> View:
        view.access_step = step  # type: ignore[attr-defined]
        return _mark(view, Access.HALF_SIGNED_IN)

    return mark


def access_of(endpoint: str) -> Access | None:
    """The mark of a view; None when it has none, which means refused."""
    view = current_app.view_functions.get(endpoint)
    if endpoint == "static":
        return Access.PUBLIC
    return cast("Access | None", getattr(view, "access", None))


def permission_of(endpoint: str) -> Permission:
    """The permission that a view of the staff asks for. :raises LookupError: for other views."""
    view = current_app.view_functions[endpoint]
    found = getattr(view, "access_permission", None)
    if found is None:
        raise LookupError(endpoint)
    return cast(Permission, found)


def _refuse_staff(user: SignedInUser) -> ResponseReturnValue:
    """The page of an address that does not exist; the try goes to the trail (AUD-1)."""
    current_app.extensions["portal.staff_refused"](user.id, request.endpoint)
    return render_template("errors/404.html", back=request.path), 404


def _mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def guard() -> ResponseReturnValue | None:
    """Let the request through, lead it to the step that is due, or refuse it."""
    if "\0" in request.path or b"%00" in request.query_string:
        abort(404)  # no text of PostgreSQL's holds this sign, so nothing of ours is called so
    if request.endpoint is None:  # an unknown address: the router answers 404 or 405
        return None
    access = access_of(request.endpoint)
    if access is Access.PUBLIC:
        return None
    if access is None:
        abort(404)
    row = current_session().row
    user = cast(SignedInUser, current_user)
    if row is None or row.account_id is None or not user.is_authenticated or not user.is_active:
        return _to_sign_in()
    due = user.next_step(row)
    if access in (Access.SIGNED_IN, Access.STAFF) and due is not None:
        return redirect(url_for(due))  # a password alone does not even tell which roles there are
    if access is Access.STAFF and not user.may(permission_of(request.endpoint)):
        return _refuse_staff(user)
    if access in (Access.SIGNED_IN, Access.STAFF):
        return None
    step = getattr(current_app.view_functions[request.endpoint], "access_step", ANY_STEP)
    if step in (ANY_STEP, due):
        return None
    return redirect(url_for(due or "web.home"))


def _to_sign_in() -> ResponseReturnValue:
    """To the sign-in page and, afterwards, back to where the person wanted to go."""
    expired = current_session().expired_account
    # A session of the password alone leaves nothing on the pages of the owner (OTP-5).
    was_complete = current_session().expired_complete
    is_post = request.method not in SAFE_METHODS
    if is_post and expired is not None and was_complete:
        kept_work.keep(expired)
    elif is_post and was_complete and kept_work.typed_words():
        # Ended from elsewhere, maybe because it was stolen: nothing is kept for the owner's pages,
        # but whoever typed it may copy it.
        raise CSRFError("The session was ended.")
    ended = "1" if expired is not None else None
    wanted: str | None = request.path if is_post else request.full_path.rstrip("?")
    if is_post and not kept_work.can_be_opened(request.path):
        wanted = None  # only posts go there: nothing to come back to
    return redirect(url_for("accounts.sign_in", next=wanted, ended=ended))


def init_app(app: Flask) -> None:
    """Guard every request of ``app``."""
    app.before_request(guard)


def is_own_path(target: str | None) -> bool:
    """Whether ``target`` is a plain path of this site, safe to follow as ``next`` (INJ-4)."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return False
    return not any(char in "\\\r\n\t" or not char.isprintable() for char in target) and (
        "//" not in target.partition("?")[0] and "%2f" not in target[:8].lower()
    )
