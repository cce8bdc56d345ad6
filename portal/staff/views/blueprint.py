"""The blueprint of the staff's pages, and their menu."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user

from portal.accounts.models import Account
from portal.security.permissions import Permission
from portal.web.access import signed_in
from portal.web.navigation import Entry

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

PLACES: tuple[tuple[Permission, str, LazyString], ...] = (
    (Permission.WORK_REQUESTS, "staff.queue", _l("Queue")),
    (Permission.WORK_REQUESTS, "staff.case_letters", _l("Letters")),
    (Permission.LEAD_QUEUE, "staff.figures", _l("Figures")),
    (Permission.LOOK_UP_PARENTS, "staff.look_up", _l("Parents")),
    (Permission.APPROVE, "staff.approvals", _l("Approvals")),
    (
        Permission.GRANT_PROTECTED_LOCATION,
        "staff.protected_locations",
        _l("Protected addresses"),
    ),
    (Permission.MANAGE_STAFF, "staff.people", _l("Staff")),
    (Permission.READ_TRAIL, "staff.trail", _l("Trail")),
    (Permission.OPERATE, "staff.operations", _l("Operations")),
)
"""The first page of each kind of work, in the order of the menu."""


def worker() -> Account:
    """The member of the staff who is signed in."""
    return cast(Account, current_user._get_current_object())


def navigation() -> Iterator[Entry]:
    """The menu of the staff; nothing for parents."""
    for permission, endpoint, label in PLACES:
        if worker().may(permission):
            href = url_for(endpoint)
            yield Entry(str(label), href, request.path.startswith(href))


@blueprint.get("")
@signed_in
def home() -> ResponseReturnValue:
    """To the first page that the worker's roles open."""
    for permission, endpoint, _label in PLACES:
        if worker().may(permission):
            return redirect(url_for(endpoint))
    if not worker().is_staff:
        abort(404)
    return redirect(url_for("accounts.account"))
