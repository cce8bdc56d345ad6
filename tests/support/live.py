"""A portal that really serves: a socket, threads, the worker, and a folder for its mail."""

from __future__ import annotations

import email
import email.policy
import re
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from portal import create_app
from portal.context import Context
from portal.notices.worker import run_once


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """No access log: it would hold addresses."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningClock:
    """Starts at a moment and runs on, so that an example's deadlines stay where they are."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


class LivePortal:
    """Serves the app of ``context`` until closed; its worker sends what is in the outbox."""

    def __init__(self, context: Context, port: int, clock: RunningClock) -> None:
        self.context = context
        self.forward = clock.forward
        self.base_url = f"http://localhost:{port}"
        self.app = create_app(context=context)
        self._server = make_server(
            "localhost", port, self.app, threaded=True, request_handler=_Quiet
        )
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._server.serve_forever, daemon=True),
            threading.Thread(target=self._work, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(10)

    def _work(self) -> None:
        while not self._stop.wait(0.2):
            run_once(self.context, self.context.now())

    @property
    def mail_folder(self) -> Path:
        return Path(self.context.settings.mail_url.removeprefix("folder:"))

    def mails(self, to: str) -> list[str]:
        """The plain text of the messages to one address, newest last."""
        found = sorted(self.mail_folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        read = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in found
        ]
        return [m.get_body(("plain",)).get_content() for m in read if m["To"] == to]  # type: ignore[union-attr]

    def link_to(self, to: str, number: int = 1) -> str:
        """The link in the latest message to one address, once ``number`` of them have come."""
        wait_until(lambda: len(self.mails(to)) >= number, f"mail to {to}")
        found = re.findall(rf"{self.base_url}\S+", self.mails(to)[-1])
        assert found, "the mail holds no link"
        return str(found[0])


def wait_until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait for something that another thread or process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)
