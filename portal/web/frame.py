"""What the frame of every page needs: agency, menu, footer, headers."""

from __future__ import annotations

from flask import Flask, Response, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.security.headers import set_headers
from portal.settings import PROJECT
from portal.web.edge import context
from portal.web.navigation import Entry, entries
from portal.web.sessions import current_session

WARNED_BEFORE = 150
"""Seconds before the end of a session at which the page asks whether to stay signed in (SES-3)."""


def set_headers_on(app: Flask) -> None:
    """Set the security headers on every response of ``app``."""

    @app.after_request
    def add(response: Response) -> Response:
        set_headers(response, cacheable=request.endpoint == "static")
        return response


def init_app(app: Flask) -> None:
    """Give templates what ``base.html`` needs, as functions where it costs something."""
    version = _built_version()

    @app.context_processor
    def frame() -> dict[str, object]:
        return {
            "agency": context().agency,
            "language": str(get_locale() or "en").replace("_", "-"),
            "navigation": entries(),
            "footer_links": _footer(),
            "home_href": url_for("web.home"),
            "static_version": version,
            "demo": context().settings.mode == "demo",
            "session_end": current_session().ends_at,
            "session_seconds": seconds_left(),
            "session_warning": WARNED_BEFORE,
        }


def seconds_left() -> int:
    """How long this session still lives if nothing is done in it; 0 for a visitor (SES-3)."""
    ends_at = current_session().ends_at
    if ends_at is None:
        return 0
    return max(0, int((ends_at - context().now()).total_seconds()))


def _footer() -> list[Entry]:
    return [
        Entry(_("Privacy"), url_for("web.privacy")),
        Entry(_("Accessibility"), url_for("web.accessibility")),
    ]


def _built_version() -> str:
    """Changes when the styles are built anew, so that no browser shows old ones."""
    stamp = PROJECT / "static" / "built" / ".stamp"
    return stamp.read_text("utf-8").strip()[:12] if stamp.is_file() else "0"
