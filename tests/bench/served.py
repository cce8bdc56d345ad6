"""The whole portal in this process, as a production one is set up, for timing single requests."""

from __future__ import annotations

import base64
import dataclasses
import gc
import logging
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

import portal.models  # noqa: F401  (names every table)
from portal import create_app
from portal.accounts.models import Account
from portal.context import Context, open_context
from portal.database import Base
from portal.record.current import ensure_record
from portal.security.passwords import passwords
from portal.settings import load_settings
from tests.support.accounts import PASSWORD, make_account
from tests.support.page import ORIGIN, Page

KEY = "b1:" + base64.urlsafe_b64encode(bytes(range(32))).decode()


@dataclass
class Took:
    """Milliseconds, by the clock and of this thread on the processor."""

    clock: float = 0.0
    processor: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Took]:
    """Measure the block."""
    took, clock, processor = Took(), time.perf_counter(), time.thread_time()
    yield took
    took.clock = (time.perf_counter() - clock) * 1000
    took.processor = (time.thread_time() - processor) * 1000


def median(figures: list[Took]) -> Took:
    """The median of each."""
    return Took(
        statistics.median(one.clock for one in figures),
        statistics.median(one.processor for one in figures),
    )


class Served:
    """An app over a database of its own, with the password hash of production."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.app = create_app(context=context)
        self.page = Page(self.app, lint=False)

    def account(self, number: int, email: str) -> None:
        """A complete account. The hash is made once for all: it is the cost that matters."""
        cheap = dataclasses.replace(self.context.settings, argon2_memory_kib=64, argon2_time=1)
        made = make_account(
            dataclasses.replace(self.context, settings=cheap),
            participant_id=f"A{number}",
            email=email,
            has_recovery_codes=False,
        )
        with self.context.database.transaction() as session:
            one = update(Account).where(Account.id == made.id)
            session.execute(one.values(password_hash=self.password_hash))

    @property
    def password_hash(self) -> str:
        if not hasattr(self, "_hash"):
            self._hash = passwords(self.context.settings).hash(PASSWORD)
        return self._hash

    def timed(self, path: str, fields: dict[str, str], *, fresh: bool = True) -> Took:
        """What the portal takes to answer a post; the page is opened before."""
        if fresh:
            self.page = Page(self.app, lint=False)
        self.page.get(path)
        data = {**fields, "csrf_token": self.page.csrf_token()}
        with stopwatch() as took:
            response = self.page.client.post(path, data=data, base_url=ORIGIN)
        assert response.status_code in (200, 302), f"{path}: {response.status_code}"
        self.went_on = response.status_code == 302
        return took


@contextmanager
def served() -> Iterator[Served]:
    """Open it, without logs and without pauses of the garbage collector."""
    logging.disable(logging.CRITICAL)
    environ = {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": KEY}
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        settings = load_settings(environ, instance=Path(folder), address_limits=False)
        context = open_context(settings)
        Base.metadata.create_all(context.database.engine)
        ensure_record(context.database)
        gc.collect()
        gc.disable()
        try:
            yield Served(context)
        finally:
            gc.enable()
            context.database.engine.dispose()
            logging.disable(logging.NOTSET)
