"""Error pages. The page for 500 is a file read at start: it needs neither database nor session."""

from __future__ import annotations

import secrets
from pathlib import Path

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from portal.web import refused_posts
from portal.web.edge import roll_back

log = structlog.get_logger()
SHOWN = frozenset({400, 403, 404, 405, 413, 429, 503})
"""Codes with a page of their own in ``templates/errors``; any other refusal is shown as 400."""


def init_app(app: Flask) -> None:
    """Answer every error of ``app`` with a page in plain words (SUP-2)."""
    agency = app.extensions["portal"].agency
    template = (Path(app.root_path).parent / "templates/errors/500.html").read_text("utf-8")
    page = template.replace("AGENCY_NAME", str(escape(agency.names.agency)))
    page = page.replace("AGENCY_PHONE", str(escape(" / ".join(agency.contact.call_us))))

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        roll_back()
        code = error.code or 500
        if error.response is not None:
            return error.response
        if isinstance(error, CSRFError):
            return refused_posts.answer()
        if code >= 500 and code not in SHOWN:
            return _broken(page, error)
        shown = code if code in SHOWN else 400
        answer = make_response(render_template(f"errors/{shown}.html", back=request.path), code)
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                answer.headers[name] = value
        return answer

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        try:
            roll_back()
        except Exception:
            log.warning("rollback_failed")
        return _broken(page, error)


def _broken(page: str, error: Exception) -> Response:
    reference = secrets.token_hex(4).upper()
    log.error("request_failed", reference=reference, endpoint=request.endpoint, exc_info=error)
    return Response(page.replace("REFERENCE", reference), 500, mimetype="text/html")
