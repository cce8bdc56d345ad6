"""Alive and ready (``/healthz``, ``/readyz``)."""

from __future__ import annotations

import dataclasses
from ipaddress import ip_network

import pytest
from click.testing import CliRunner, Result
from flask import Flask

import tests.notices.greeting
from portal import cli, create_app, migrate
from portal.context import Context, open_context
from portal.notices.jobs import JobRun
from portal.notices.outbox import enqueue
from portal.settings import Settings
from tests.support.clock import Clock
from tests.support.keys import TEST_KEY
from tests.support.page import ORIGIN

assert tests.notices.greeting


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


def doctor(settings: Settings) -> Result:
    environ = {
        "PORTAL_MODE": "test",
        "PORTAL_SECRET_KEYS": TEST_KEY,
        "PORTAL_INSTANCE": str(settings.instance),
    }
    return CliRunner().invoke(cli.portal, ["doctor"], env=environ)


def test_the_doctor_says_what_keeps_it_from_serving(context: Context) -> None:
    told = doctor(context.settings)
    assert told.exit_code != 0
    assert "portal db upgrade" in told.output
    assert "The portal is not ready." in told.output


def test_the_doctor_finds_nothing_or_tells_it(settings: Settings, clock: Clock) -> None:
    """CRS-3: what was given up shows."""
    fresh = open_context(settings, clock)
    migrate.upgrade(fresh.database)
    told = doctor(settings)
    assert (told.exit_code, told.output) == (0, "All is well.\n")
    with fresh.database.transaction() as session:
        for reason in ("worker_died_5", "recipient_refused_550", "no_longer_due"):
            given_up = enqueue(
                session,
                fresh.sealer,
                "greeting",
                recipient_email="canary@example.org",
                language="en",
                ids={},
                now=clock(),
            )
            given_up.next_try_at, given_up.failed_at, given_up.reason = None, clock(), reason
        session.add(JobRun(name="a.job", due_at=clock(), failed=True))
    told = doctor(settings)
    assert told.exit_code == 0
    assert told.output.splitlines() == [
        "Mails given up, recipient_refused_550: 1",
        "Mails given up, worker_died_5: 1",
        "The job a.job failed when it last ran: see the log.",
        "The portal is ready.",
    ]
    fresh.database.engine.dispose()


@pytest.mark.parametrize("broken", ["folder", "database"])
def test_the_doctor_says_when_the_database_cannot_be_read(settings: Settings, broken: str) -> None:
    """CRS-3: one plain line."""
    if broken == "folder":
        settings.instance.write_text("not a folder")
    else:
        settings.instance.mkdir(exist_ok=True)
        (settings.instance / "portal.db").write_text("not a database" * 1000)
    told = doctor(settings)
    assert isinstance(told.exception, SystemExit)
    assert len(told.output.strip().splitlines()) == 1
    assert told.output.startswith("Error: ")
