"""Logs tell what happened and to nobody whom (LOG-1, INJ-3)."""

from __future__ import annotations

import dataclasses
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask, abort

from portal import logs
from portal.audit.origin import Origin, current_origin, set_origin
from portal.context import Context
from portal.settings import PROJECT, Settings

CANARIES = {
    "ssn": "912-45-6789",
    "ssn plain": "912456789",
    "ssn spaced": "912 45 6789",
    "email": "canary.7391@example.org",
    "e164": "+16175550143",
    "phone": "(617) 555-0143",
    "phone dashed": "617-555-0143",
    "token": "Q2FuYXJ5VG9rZW5PZjI1NkJpdHNJbkJhc2U2NFVybDA",
    "link": "ImFiY2QxMjM0Ig.Z0CXrw.kT1iXoCg2Jk3rYQ6mV1xwqkU7sA",
    "hmac": "k1." + "0a" * 32,
    "seed": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
}


@pytest.fixture(params=["production", "demo"])
def log_settings(request: pytest.FixtureRequest) -> Iterator[Settings]:
    yield Settings(mode=request.param)
    structlog.reset_defaults()
    root = logging.getLogger()
    root.handlers[:] = [h for h in root.handlers if type(h).__module__ != logs.__name__]


@pytest.mark.parametrize("kind", CANARIES)
def test_what_is_shaped_like_a_person_or_a_secret_is_masked_in_every_logger(
    kind: str, log_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """LOG-1: in messages, values, nested values, names, and in the lines of other libraries."""
    canary = CANARIES[kind]
    logs.configure_logging(log_settings)
    log = structlog.get_logger("portal.test")
    words = f"a message with {canary}"
    log.info(words, value=canary, nested={"deep": [canary, {canary: 1}]})
    log.bind(bound=canary).warning("bound")
    logging.getLogger("some.library").error("failed for %s", canary)
    logging.getLogger("some.library").error({"mapping": canary})
    out = capsys.readouterr()
    assert canary not in out.err + out.out
    assert out.err.count("\n") == 4
    assert logs.MASKED in out.err


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "token", "csrf_token", "session_cookie", "ssn", "pin", "email", "cell_phone",
     "mail_address", "birth_date", "answer", "hint", "url", "path", "query", "form", "authorization"],
)  # fmt: skip
def test_values_under_a_telling_name_are_left_out(
    name: str, log_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure_logging(log_settings)
    structlog.get_logger("portal.test").info("event", **{name: "Rex"})
    assert "Rex" not in capsys.readouterr().err


def test_what_is_useful_stays(log_settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure_logging(log_settings)
    structlog.get_logger("portal.test").info(
        "load_finished",
        rows=123456789,
        sequence=4711,
        item="0a" * 16,
        request_id="c123456789a80fec",
        format="csv",
        endpoint="cases.payments",
        ms=12.5,
    )
    line = capsys.readouterr().err
    for kept in (
        "load_finished",
        "123456789",
        "4711",
        "0a" * 16,
        "c123456789a80fec",
        "csv",
        "cases.payments",
        "12.5",
    ):
        assert kept in line


def test_production_writes_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure_logging(Settings(mode="production"))
    structlog.get_logger("portal.test").warning("one", n=1)
    logging.getLogger("library").warning("two")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["event"], first["level"], first["n"], first["logger"]) == (
        "one",
        "warning",
        1,
        "portal.test",
    )
    assert second["event"] == "two"
    assert first["timestamp"].endswith("Z")
    structlog.reset_defaults()


def test_an_exception_shows_its_kind_and_place_but_not_its_message(
    log_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """LOG-1: messages of exceptions hold what people typed, and SQL its parameters."""
    logs.configure_logging(log_settings)

    def read(typed: str) -> int:
        return int(typed)

    try:
        try:
            read("Fluffy the dog")
        except ValueError as error:
            raise KeyError("Fluffy the dog") from error
    except KeyError as error:
        structlog.get_logger("portal.test").exception("failed")
        logging.getLogger("library").exception("failed too")
        structlog.get_logger("portal.test").error("given", exc_info=error)
    out = capsys.readouterr().err
    assert "Fluffy" not in out
    assert out.count("KeyError from builtins.ValueError") == 3
    assert "test_logs.py" in out


def test_a_line_cannot_be_broken_or_coloured_from_outside(
    log_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """INJ-3: nobody writes a line of their own into the log."""
    logs.configure_logging(log_settings)
    evil = "a\r\n2026-11-22 [info] sign_in_succeeded\x1b[2J\u2028b"
    structlog.get_logger("portal.test").info("event", value=evil, **{"na\nme": evil})
    logging.getLogger("library").warning("typed %s", evil)
    out = capsys.readouterr().err
    assert out.count("\n") == 2
    assert "\x1b[2J" not in out
    assert "\r" not in out


def test_what_nobody_caught_is_told_without_its_message_in_production(tmp_path: Path) -> None:
    """LOG-1: also in the main thread, in another thread, and in a warning."""
    script = (
        "import threading, warnings; from portal import logs; from portal.settings import PROJECT, Settings\n"
        "logs.configure_logging(Settings(mode='production'))\n"
        "warnings.warn('canary@example.org')\n"
        "thread = threading.Thread(target=int, args=('canary in a thread',))\n"
        "thread.start(); thread.join()\n"
        "int('canary in the end')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [line["event"] for line in lines[1:]] == ["unhandled", "unhandled"]
    assert "builtins.ValueError" in lines[2]["error"]
    assert "canary" not in ended.stderr + ended.stdout


@pytest.fixture
def small_app(context: Context, log_settings: Settings) -> Flask:
    app = Flask("small")
    app.extensions["portal"] = dataclasses.replace(
        context, settings=dataclasses.replace(context.settings, mode=log_settings.mode)
    )
    logs.init_app(app)
    seen: list[Origin] = []
    app.extensions["seen"] = seen

    @app.route("/cases/<key>", methods=["GET", "POST"])
    def case(key: str) -> str:
        seen.append(current_origin())
        structlog.get_logger("portal.test").info("inside")
        if key == "broken":
            raise RuntimeError("Fluffy")
        return abort(404) if key == "gone" else "ok"

    return app


def test_a_request_is_logged_by_its_endpoint_never_by_its_address(
    small_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    """LOG-1: neither path, query, form, cookie, header nor network address; LNK-4: no token."""
    client = small_app.test_client()
    client.set_cookie("portal", "canary-cookie")
    secret = {"q": "canary-query", "token": "canary-token"}
    headers = {
        "User-Agent": "canary-agent",
        "X-Request-ID": "canary-id",
        "Referer": "http://canary-from/",
    }
    for path in ("canary-key", "gone", "broken"):
        client.post(
            f"/cases/{path}", query_string=secret, data={"ssn": "canary-form"}, headers=headers
        )
    client.get("/canary-unknown?x=1")
    client.open("/cases/x", method="CANARY\x1b[2J")
    out = capsys.readouterr().err
    assert "canary" not in out.lower()
    assert "Fluffy" not in out
    assert "127.0.0.1" not in out
    for status in ("200", "404", "500"):
        assert status in out
    assert out.count("inside") == 3
    set_origin(Origin())


def test_a_requests_lines_and_its_trail_carry_one_id(
    small_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    """AUD-1: origin; the network address is a keyed hash, the same for the same place."""
    client = small_app.test_client()
    for place in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        client.get("/cases/x", environ_base={"REMOTE_ADDR": place})
    first, again, other = small_app.extensions["seen"]
    out = capsys.readouterr().err
    assert out.count(first.request_id) == 2
    assert len({first.request_id, again.request_id, other.request_id}) == 3
    assert first.address == again.address != other.address
    assert "192.0.2" not in f"{first.address}{out}"
    set_origin(Origin())
