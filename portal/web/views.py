"""Addresses that belong to no room: the start, leaving, static words, health."""

from __future__ import annotations

from ipaddress import ip_address

import structlog
from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from sqlalchemy.exc import SQLAlchemyError
from wtforms.validators import ValidationError

from portal.web.access import public
from portal.web.edge import context, db, roll_back
from portal.web.frame import seconds_left
from portal.web.refused_posts import is_from_our_pages
from portal.web.sessions import current_session, in_background

blueprint = Blueprint("web", __name__)
log = structlog.get_logger(__name__)


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """The way in: to one's case or work when signed in, otherwise to what the portal is for."""
    if current_session().row is not None and current_user.is_authenticated:
        return redirect(url_for("staff.home" if current_user.is_staff else "cases.index"))
    return render_template("web/home.html")


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept about a person, and who sees it."""
    return render_template("web/privacy.html")


@blueprint.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """What was done so that everyone can use the portal, and whom to tell when one cannot."""
    return render_template("web/accessibility.html")


@blueprint.route("/account/still-here", methods=["GET", "POST"])
@public
@in_background
def still_here() -> ResponseReturnValue:
    """How many seconds this session still has. Asking does not keep it alive, the press of "stay
    signed in" does (SES-3)."""
    if request.method == "POST":
        current_session().still_here()
    return jsonify(seconds=seconds_left())


@blueprint.post("/leave")
@public
def leave() -> ResponseReturnValue:
    """Leave this site: the session ends, a neutral page of our own forwards.

    Whoever presses it gets away, whatever is out of order: a page left open whose token is stale, a
    database that does not answer. Where neither the token nor the browser says that a page of ours
    asked, it only forwards, and nothing changes (CSR-1).
    """
    response = redirect(url_for("web.left"), code=303)
    try:
        if _leaves_by_own_will():
            _end_session()
            response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    except Exception:
        roll_back()
        log.exception("leaving_failed")
    return response


def _leaves_by_own_will() -> bool:
    if is_from_our_pages():
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _end_session() -> None:
    session = current_session()
    if session.row is not None and session.row.account_id is not None:
        current_app.extensions["portal.trail"](
            db(),
            "account:sign-in:ended",
            now=context().now(),
            actor_id=session.row.account_id,
            detail={"by": "leave"},
        )
    session.end()


@blueprint.get("/left")
@public
def left() -> ResponseReturnValue:
    """A page that says nothing about where one was, and moves on. It needs no database."""
    page = current_app.jinja_env.get_template("web/left.html").render()
    return Response(
        page, headers={"Refresh": "0; url=https://www.weather.gov/"}, mimetype="text/html"
    )


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Alive: answers without touching the database."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Ready: the database answers, the tables are current, mail goes out.

    Why not stands in the log, and is answered to the operators' own addresses only (SUP-2).
    """
    try:
        found = current_app.extensions["portal.health"](context(), db())
    except SQLAlchemyError:
        roll_back()
        found = ["The database does not answer."]
    if not found:
        return jsonify(status="ready")
    log.warning("not_ready", problems=found)
    reasons = {"problems": found} if _is_operator(request.remote_addr) else {}
    return jsonify(status="not ready", **reasons), 503


def _is_operator(address: str | None) -> bool:
    try:
        asking = ip_address(address or "")
    except ValueError:  # what a proxy passed on, or a socket without an address
        return False
    return any(asking in network for network in context().settings.operator_networks)
