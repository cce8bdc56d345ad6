"""A portal that really serves: a socket, threads, the worker, and a folder for its mail."""

from __future__ import annotations

import email
import email.policy
import re
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from portal import create_app
from portal.context import Context
from portal.notices.worker import run_once
from tests.support.outbox import oldest_first
from tests.support.waiting import wait_until


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """No access log: it would hold addresses."""


class RunningClock:
    """Starts at a moment and runs on, so that an example's deadlines stay where they are."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


def port_of(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])


class LivePortal:
    """Serves the app of ``context`` until closed; its worker sends what is in the outbox."""

    def __init__(self, context: Context, listening: socket.socket, clock: RunningClock) -> None:
        port = port_of(listening)
        self.context = context
        self.forward = clock.forward
        self.base_url = f"http://localhost:{port}"
        self.app = create_app(context=context)
        self._server = make_server(
            "localhost",
            port,
            self.app,
            threaded=True,
            request_handler=_Quiet,
            fd=listening.fileno(),
        )
        listening.close()  # the server has one of its own on it
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
            thread.join(60)

    def _work(self) -> None:
        while not self._stop.wait(0.2):
            run_once(self.context, self.context.now())

    @property
    def mail_folder(self) -> Path:
        return Path(self.context.settings.mail_url.removeprefix("folder:"))

    def mails(self, to: str) -> list[str]:
        """The plain text of the messages to one address that were sent, the one queued last last."""
        with self.context.database.transaction(write=False) as session:
            names = [item.id for item in oldest_first(session)]
        found = [self.mail_folder / f"{name}.eml" for name in names]
        read = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in found
            if path.exists()
        ]
        return [m.get_body(("plain",)).get_content() for m in read if m["To"] == to]  # type: ignore[union-attr]

    def link_to(self, to: str, number: int = 1) -> str:
        """The link in the latest message to one address, once ``number`` of them have come."""
        wait_until(lambda: len(self.mails(to)) >= number, f"mail to {to}")
        found = re.findall(rf"{self.base_url}\S+", self.mails(to)[-1])
        assert found, "the mail holds no link"
        return str(found[0])
