"""Alive and ready (``/healthz``, ``/readyz``)."""

from __future__ import annotations

import dataclasses
from ipaddress import ip_network

import pytest
from flask import Flask

from portal import create_app, migrate
from portal.context import Context, open_context
from tests.support.clock import Clock
from tests.support.page import ORIGIN


def ask(app: Flask, path: str) -> tuple[int, dict[str, object]]:
    answer = app.test_client().get(path, base_url=ORIGIN)
    return answer.status_code, answer.get_json()


def test_alive_asks_nothing(app: Flask) -> None:
    assert ask(app, "/healthz") == (200, {"status": "alive"})


def test_a_stranger_is_told_that_it_is_not_ready_but_not_why(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    """SUP-2: the reasons stand in the log."""
    assert ask(app, "/readyz") == (503, {"status": "not ready"})
    assert "portal db upgrade" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("networks", "is_told"),
    [("127.0.0.0/8", True), ("10.0.0.0/8,127.0.0.1", True), ("10.0.0.0/8,::1", False)],
)
def test_operators_are_told_why(context: Context, networks: str, is_told: bool) -> None:
    allowed = tuple(ip_network(part) for part in networks.split(","))
    settings = dataclasses.replace(context.settings, operator_networks=allowed)
    status, answer = ask(
        create_app(context=dataclasses.replace(context, settings=settings)), "/readyz"
    )
    assert status == 503
    assert ("portal db upgrade" in str(answer)) is is_told


def test_a_forged_forwarded_address_is_no_operators(context: Context) -> None:
    settings = dataclasses.replace(context.settings, operator_networks=(ip_network("10.0.0.0/8"),))
    client = create_app(context=dataclasses.replace(context, settings=settings)).test_client()
    forged = {"X-Forwarded-For": "10.0.0.1"}
    assert "problems" not in client.get("/readyz", base_url=ORIGIN, headers=forged).get_json()


def test_ready_after_the_migrations(tmp_path: object, settings: object, clock: Clock) -> None:
    fresh = open_context(settings, clock)  # type: ignore[arg-type]
    migrate.upgrade(fresh.database)
    assert ask(create_app(context=fresh), "/readyz") == (200, {"status": "ready"})
    fresh.database.engine.dispose()
