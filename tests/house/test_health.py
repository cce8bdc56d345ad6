"""Alive and ready (``/healthz``, ``/readyz``)."""

from __future__ import annotations

from flask import Flask

from portal import migrate
from portal.context import Context
from tests.support.clock import Clock
from tests.support.page import ORIGIN


def ask(app: Flask, path: str) -> tuple[int, dict[str, object]]:
    answer = app.test_client().get(path, base_url=ORIGIN)
    return answer.status_code, answer.get_json()


def test_alive_asks_nothing(app: Flask) -> None:
    assert ask(app, "/healthz") == (200, {"status": "alive"})


def test_ready_once_the_tables_are_current(
    app: Flask, settings: object, clock: Clock, context: Context
) -> None:
    status, answer = ask(app, "/readyz")
    assert status == 503
    assert "portal db upgrade" in str(answer["problems"])


def test_ready_after_the_migrations(tmp_path: object, settings: object, clock: Clock) -> None:
    from portal import create_app
    from portal.context import open_context

    fresh = open_context(settings, clock)  # type: ignore[arg-type]
    migrate.upgrade(fresh.database)
    assert ask(create_app(context=fresh), "/readyz") == (200, {"status": "ready"})
    fresh.database.engine.dispose()
