"""Headers are exact on every response, errors, redirects and files included (HDR-1, CCH-1)."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.security.headers import SECURITY_HEADERS
from tests.support.page import ORIGIN

CASES = [
    ("GET", "/", 200),
    ("GET", "/sign-in", 200),
    ("GET", "/cases", 302),
    ("GET", "/no-such-page", 404),
    ("POST", "/sign-in", 400),
    ("DELETE", "/sign-in", 405),
    ("TRACE", "/", 405),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 503),
]


@pytest.mark.parametrize(("method", "path", "status"), CASES)
def test_every_answer_carries_the_headers(app: Flask, method: str, path: str, status: int) -> None:
    answer = app.test_client().open(path, method=method, base_url=ORIGIN)
    assert answer.status_code == status
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers.getlist(name) == [value]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Server" not in answer.headers


def test_the_policy_allows_nothing_inline_and_nothing_foreign() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    for part in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy.split("; ")


def test_styles_may_be_kept_by_a_browser(app: Flask) -> None:
    answer = app.test_client().get("/static/portal.css", base_url=ORIGIN)
    assert answer.status_code == 200
    assert "public" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
