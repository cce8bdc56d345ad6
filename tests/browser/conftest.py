"""A real Chromium and a portal that really serves."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from portal.context import open_context
from portal.settings import Settings
from tests.browser.steps import PATIENCE
from tests.support.fresh import make_tables
from tests.support.live import LivePortal, RunningClock, port_of
from tests.support.require import require

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
DEBIAN = Path("/usr/bin/chromium")

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that ``playwright install chromium`` brought."""
    with sync_playwright() as playwright:
        found = os.environ.get("PORTAL_TEST_CHROMIUM") or (str(DEBIAN) if DEBIAN.exists() else None)
        browser = None
        try:
            browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        except Error:
            require(False, "Chromium (apt-get install chromium, or playwright install chromium)")
        assert browser is not None
        yield browser
        browser.close()


@pytest.fixture
def live(settings: Settings) -> Iterator[LivePortal]:
    """A portal on a port of its own, on 22 November 2026, with an empty record."""
    listening, clock = socket.create_server(("127.0.0.1", 0)), RunningClock(START)
    base_url = f"http://localhost:{port_of(listening)}"
    context = open_context(replace(settings, base_url=base_url), clock)
    make_tables(context.database)
    served = LivePortal(context, listening, clock)
    yield served
    served.close()
    context.database.engine.dispose()
