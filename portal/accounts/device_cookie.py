"""The cookie by which a browser is known again: a random token, nothing about anybody (SES-5)."""

from __future__ import annotations

from flask import Response, after_this_request, request

from portal.accounts.known_devices import KEPT_FOR, TOKEN_LENGTH
from portal.web import context


def _name() -> str:
    return "__Host-device" if context().settings.is_https else "device"


def held() -> str | None:
    """The token this browser holds, if it has the shape of one."""
    token = request.cookies.get(_name(), "")
    return token if len(token) == TOKEN_LENGTH and token.isascii() else None


def give(token: str) -> None:
    """Set the cookie on the answer to this request."""

    @after_this_request
    def add(response: Response) -> Response:
        response.set_cookie(
            _name(),
            token,
            max_age=int(KEPT_FOR.total_seconds()),
            path="/",
            secure=context().settings.is_https,
            httponly=True,
            samesite="Lax",
        )
        return response
