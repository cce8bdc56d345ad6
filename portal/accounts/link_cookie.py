"""Where a mailed token waits between the page that its link opens and the button that uses it.

Opening the link moves the token out of the address into a short-lived cookie, so that no page with
links of its own ever has it in its address; the server keeps nothing (LNK-4, CSR-2).
"""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.web import context

LONGEST = 300


def _name() -> str:
    return "__Host-link" if context().settings.is_https else "link"


def take(endpoint: str, **values: Any) -> WerkzeugResponse | None:
    """When the address carries a token: keep it and lead to ``endpoint`` without it."""
    token = request.args.get("token")
    if token is None:
        return None
    settings = context().settings
    answer = redirect(url_for(endpoint, **values))
    answer.set_cookie(
        _name(),
        token[:LONGEST],
        max_age=int(settings.link_life.total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="Lax",
    )
    return answer


def held() -> str:
    """The token that waits; an empty text when there is none."""
    return request.cookies.get(_name(), "")[:LONGEST]


def drop(answer: WerkzeugResponse) -> WerkzeugResponse:
    """Forget the token: it was used."""
    settings = context().settings
    answer.delete_cookie(_name(), path="/", secure=settings.is_https, httponly=True, samesite="Lax")
    return answer


def drop_from(page: str, status: int) -> WerkzeugResponse:
    """A page that is answered while the token is forgotten."""
    return drop(make_response(page, status))
