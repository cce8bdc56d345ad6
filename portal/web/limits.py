"""Limits per address on what anyone can post. They hold before sign-in only (RAT-1): families and
phone carriers share addresses, so signed in the limits are per account and in the database."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, headers_enabled=False)


def init_app(app: Flask, *, storage: str, enabled: bool) -> None:
    """Count in ``storage`` (``memory://`` or ``redis://…``)."""
    app.config.update(
        RATELIMIT_STORAGE_URI=storage,
        RATELIMIT_ENABLED=enabled,
        # While Redis is away each process counts for itself: never without a limit.
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_IN_MEMORY_FALLBACK=[],
    )
    limiter.init_app(app)
