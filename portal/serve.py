"""Serving the portal, and the worker beside it: what `portal serve` and `portal worker` run."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.http import wsgi

from portal.context import Context
from portal.notices.worker import run_forever
from portal.security.headers import SECURITY_HEADERS

log = structlog.get_logger(__name__)

THREADS = 8
GRACE_SECONDS = 20
"""How long requests and mails in hand may take to end when the server is told to stop."""
AGAIN_AFTER_SECONDS = 2
"""How long to wait before a side process that died is started again."""

_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
AppFactory = Callable[[], Flask]


def serve(
    bind: str,
    with_worker: bool,
    app_factory: AppFactory,
    *,
    processes: int | None = None,
    threads: int = THREADS,
) -> None:
    """Serve until told to stop (SIGTERM, or Ctrl-C); requests in hand are finished first.

    A process that dies is started again at once. Does not return: ends the process.

    :param bind: ``HOST:PORT``.
    :param with_worker: run the outbox's worker in a process of its own beside the server.
    :param app_factory: makes the application; called once in each process.
    :param processes: one a core unless given; only one where the address limits are counted in
        memory (``PORTAL_THROTTLE_URL=memory://``), for each process would count for itself.
    """
    options: dict[str, Any] = {
        "bind": bind,
        "workers": processes or 1,
        "worker_class": "gthread",
        "threads": threads,
        "timeout": 60,
        "graceful_timeout": GRACE_SECONDS,
        "keepalive": 5,
        "forwarded_allow_ips": "",
        "control_socket_disable": True,
        "logger_class": ServerLogger,
        "accesslog": None,
        "proc_name": "portal",
    }
    _say_nothing_of_the_server()
    _Server(app_factory, options, with_worker).run()


def default_processes(throttle_url: str) -> int:
    """How many processes suit: one a core where they share their counters, else one."""
    return 1 if throttle_url.startswith("memory:") else (os.cpu_count() or 1)


def work(app: Flask, parent: int | None = None) -> None:
    """Run the worker until told to stop (SIGTERM, or Ctrl-C).

    :param parent: the process that started it; when that one is gone the worker stops as well.
    """
    stop = threading.Event()
    for number in _STOPPING:
        signal.signal(number, lambda _number, _frame: stop.set())
    if parent is not None:
        threading.Thread(target=_stop_without, args=(parent, stop), daemon=True).start()
    context: Context = app.extensions["portal"]
    with app.app_context():
        run_forever(context, stop)


def _stop_without(parent: int, stop: threading.Event) -> None:
    while not stop.wait(1):
        if os.getppid() != parent:
            stop.set()


class QuietResponse(wsgi.Response):  # type: ignore[misc]
    """An answer that does not name its server (HDR-1)."""

    def default_headers(self) -> list[str]:
        return [line for line in super().default_headers() if not line.startswith("Server:")]


def write_refusal(sock: socket.socket, status: int, reason: str, _message: str) -> None:
    """Answer what the application never gets to see: no request, or too large a one (HDR-1).

    The server's own page would repeat what was sent, and lacks the headers of all other answers.
    """
    what = (
        "Something went wrong on our side" if status >= 500 else "We could not read what was sent"
    )
    page = _REFUSAL.format(what=what).encode()
    headers = {
        **SECURITY_HEADERS,
        "Cache-Control": "no-store",
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(page)),
        "Connection": "close",
    }
    lines = [
        f"HTTP/1.1 {status} {reason}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    util.write_nonblock(sock, "\r\n".join([*lines, "", ""]).encode("latin-1") + page)


_REFUSAL = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Error: {what}</title></head>
<body>
<main>
<h1>{what}</h1>
<p>Nothing was changed. Go back and try again. If it happens again, delete the cookies of this site
or use another browser.</p>
<p><a href="/">Go to the first page</a></p>
</main>
</body>
</html>
"""


def _say_nothing_of_the_server() -> None:
    """The server has no setting for either: both are put in place of its own, before it forks."""
    wsgi.Response = QuietResponse
    util.write_error = write_refusal


class ServerLogger(Logger):  # type: ignore[misc]
    """Hands the server's lines to the portal's logs, without the addresses in them (LOG-1)."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.propagate = True

    def _set_handler(self, *_arguments: Any, **_options: Any) -> None:
        """No handler of its own: the portal's logs have one."""

    def exception(self, msg: Any, *_arguments: Any, **options: Any) -> None:
        """Only the fixed part of the message: the rest may be an address with a token in it."""
        fixed = type(msg).__name__ if isinstance(msg, BaseException) else str(msg).split("%")[0]
        self.error_log.exception(fixed.strip(), **options)

    def warning(self, msg: Any, *arguments: Any, **options: Any) -> None:
        """A request that cannot be read is told of without its words."""
        if str(msg).startswith("Invalid request"):
            self.error_log.warning("Invalid request", **options)
        else:
            self.error_log.warning(msg, *arguments, **options)


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, app_factory: AppFactory, options: dict[str, Any], beside: bool) -> None:
        self.app_factory = app_factory
        self.options = options
        self.beside = beside
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app_factory()

    def run(self) -> None:
        _Arbiter(self).run()


class _Arbiter(Arbiter):  # type: ignore[misc]
    """Keeps one more process than the server's own: the outbox's worker."""

    side_pid = 0
    side_began = 0.0

    def manage_workers(self) -> None:
        super().manage_workers()
        if not self.app.beside or _is_alive(self.side_pid):
            return
        if time.monotonic() - self.side_began >= AGAIN_AFTER_SECONDS:
            self.side_began = time.monotonic()
            self.side_pid = self._start_side(os.getpid())

    def _start_side(self, parent: int) -> int:
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            for number in (*self.SIGNALS, signal.SIGCHLD):
                ends = number in _STOPPING or number == signal.SIGCHLD
                signal.signal(number, signal.SIG_DFL if ends else signal.SIG_IGN)
            for listener in self.LISTENERS:
                listener.close()
            work(self.app.app_factory(), parent)
            status = 0
        except BaseException:
            log.exception("worker_died")
        os._exit(status)

    def stop(self, graceful: bool = True) -> None:
        if _is_alive(self.side_pid):
            os.kill(self.side_pid, signal.SIGTERM)
        super().stop(graceful)
        limit = time.monotonic() + GRACE_SECONDS
        while _is_alive(self.side_pid) and time.monotonic() < limit:
            self.reap_workers()
            time.sleep(0.05)
        if _is_alive(self.side_pid):
            os.kill(self.side_pid, signal.SIGKILL)


def _is_alive(pid: int) -> bool:
    """Whether a child runs or has not been reaped yet."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
