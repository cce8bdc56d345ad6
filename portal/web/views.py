"""Addresses that belong to no room: the start, leaving, static words, health."""

from __future__ import annotations

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

from portal.web.access import public
from portal.web.edge import context, db
from portal.web.frame import seconds_left
from portal.web.sessions import current_session, in_background

blueprint = Blueprint("web", __name__)


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
    """Leave this site: the session ends, a neutral page of our own forwards."""
    current_session().end()
    response = redirect(url_for("web.left"), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@blueprint.get("/left")
@public
def left() -> ResponseReturnValue:
    """A page that says nothing about where one was, and moves on."""
    response = Response(render_template("web/left.html"))
    response.headers["Refresh"] = "0; url=https://www.weather.gov/"
    return response


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Alive: answers without touching the database."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Ready: the database answers, the tables are current, mail goes out."""
    found = current_app.extensions["portal.health"](context(), db())
    if found:
        return jsonify(status="not ready", problems=found), 503
    return jsonify(status="ready")
