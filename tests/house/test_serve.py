"""`portal serve`: answers, sends, gets up again by itself, stops when told, and keeps silent."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import tests.notices.greeting
from portal import migrate
from portal.accounts import mail as account_mail
from portal.context import Context, open_context
from portal.notices.outbox import enqueue
from portal.security.headers import SECURITY_HEADERS
from portal.settings import load_settings
from tests.support.keys import TEST_KEY
from tests.support.ports import held_port
from tests.support.waiting import wait_until

PROJECT = Path(__file__).parents[2]
assert tests.notices.greeting
assert account_mail
PATIENCE = 60
"""The seconds that a busy machine is given: no test fails because it is slow."""


def status(port: int, path: str = "/healthz") -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.getheader("Server")
    except OSError:
        return 0, None
    finally:
        connection.close()


def descendants(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


class Served:
    def __init__(self, instance: Path) -> None:
        self.port = held_port()
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
            "PORTAL_MODE": "test",
            "PORTAL_INSTANCE": str(instance),
            "PORTAL_SECRET_KEYS": TEST_KEY,
        }
        self.context: Context = open_context(load_settings(self.environ))
        migrate.upgrade(self.context.database)
        self.log = (instance / "log.txt").open("wb")
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "portal.cli",
                "serve",
                "--bind",
                f"127.0.0.1:{self.port}",
                "--with-worker",
            ],
            cwd=PROJECT,
            env=self.environ,
            stdout=self.log,
            stderr=self.log,
        )
        wait_until(lambda: status(self.port)[0] == 200, "the first answer")

    @property
    def web_and_worker(self) -> tuple[int, int]:
        """The process that answers and the one that sends: which one listens tells them apart."""
        wait_until(lambda: len(descendants(self.process.pid)) == 2, "both processes")
        both = descendants(self.process.pid)
        wait_until(lambda: any(self.listens(pid) for pid in both), "one that listens")
        web = next(pid for pid in both if self.listens(pid))
        return web, next(pid for pid in both if pid != web)

    @staticmethod
    def listens(pid: int) -> bool:
        inodes = {
            line.split()[9]
            for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
            if line.split()[3] == "0A"
        }
        links = [
            os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()
        ]
        return any(link.removeprefix("socket:[").rstrip("]") in inodes for link in links)

    def sends_a_mail(self) -> None:
        folder = Path(self.context.settings.mail_url.removeprefix("folder:"))
        with self.context.database.transaction() as session:
            queued = enqueue(
                session,
                self.context.sealer,
                "no_account",
                recipient_email="ana@example.org",
                language="en",
                ids={},
                now=self.context.now(),
            ).id
        wait_until(lambda: (folder / f"{queued}.eml").exists(), "the mail")

    def written(self) -> str:
        return Path(self.log.name).read_text("utf-8", "replace")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    running = Served(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()
    running.log.close()
    running.context.database.engine.dispose()


@pytest.mark.slow
def test_it_answers_sends_mail_and_gets_up_again_after_kills(served: Served) -> None:
    """CRS-1: serving again after kill -9, by itself; the mail's worker too."""
    answered, server = status(served.port)
    assert answered == 200
    assert server is None, "HDR-1: no banner"
    served.sends_a_mail()
    web, worker = served.web_and_worker
    os.kill(worker, signal.SIGKILL)
    os.kill(web, signal.SIGKILL)
    wait_until(lambda: not set(descendants(served.process.pid)) & {web, worker}, "their end")
    wait_until(lambda: status(served.port)[0] == 200, "an answer again")
    served.sends_a_mail()


@pytest.mark.slow
def test_told_to_stop_it_ends_soon_and_leaves_nothing_behind(served: Served) -> None:
    pids = served.web_and_worker
    served.process.terminate()
    assert served.process.wait(PATIENCE) == 0
    wait_until(lambda: not any(is_running(pid) for pid in pids), "the end of both")
    assert status(served.port)[0] == 0


@pytest.mark.slow
def test_what_cannot_be_read_as_a_request_is_not_written_to_the_log(served: Served) -> None:
    """LOG-1: neither the server's own complaints nor ours hold an address or a token."""
    for raw in (
        b"GET /canary-1 HTTP/1.1\r\nHost: x\r\nCanary Header: 1\r\n\r\n",
        b"CANARY /canary-2?token=canary HTTP/9.9\r\n\r\n",
        b"\x00\x01canary\r\n\r\n",
        b"GET /" + b"canary" * 2000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /canary?ssn=912-45-6789 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ):
        exchange(served.port, raw)
    assert status(served.port)[0] == 200
    written = served.written()
    assert "canary" not in written.lower()
    assert "912-45-6789" not in written
    assert "healthz" in written


@pytest.mark.slow
def test_what_never_gets_to_the_application_is_answered_with_the_headers_too(
    served: Served,
) -> None:
    """HDR-1: no banner, the security headers, and nothing of what was sent, on every answer."""
    for raw, status_line in (
        (b"GARBAGE canary\r\n\r\n", "400 "),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", "400 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\nCanary Header: 1\r\n\r\n", "400 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: canary\r\n\r\n", "400 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: canary\r\n\r\n", "501 "),
        (b"GET /" + b"canary" * 2000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", "414 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"canary" * 2000 + b"\r\n\r\n", "431 "),
        (b"GET / HTTP/1.1\r\n" + b"Canary: 1\r\n" * 200 + b"\r\n", "431 "),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200 "),
        (b"HEAD /no-such HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "404 "),
    ):
        head, _, body = exchange(served.port, raw).partition("\r\n\r\n")
        lines = head.split("\r\n")
        assert lines[0].startswith(f"HTTP/1.1 {status_line}"), raw[:60]
        for name, value in SECURITY_HEADERS.items():
            assert lines.count(f"{name}: {value}") == 1, (raw[:60], name)
        assert "Cache-Control: no-store" in lines
        assert not [line for line in lines if line.lower().startswith("server:")]
        assert "gunicorn" not in (head + body).lower()
        assert "canary" not in (head + body).lower()


def exchange(port: int, raw: bytes) -> str:
    """What is answered. A server that has heard enough may break off instead of ending."""
    answer = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection,
        suppress(ConnectionError),
    ):
        connection.sendall(raw)
        while part := connection.recv(65536):
            answer += part
    return answer.decode("latin-1")


@pytest.mark.slow
def test_when_the_server_itself_is_killed_nothing_of_it_goes_on(served: Served) -> None:
    """CRS-1: a new one can start at once, on the same address and without a second worker."""
    pids = served.web_and_worker
    served.process.kill()
    served.process.wait()
    wait_until(lambda: not any(is_running(pid) for pid in pids), "the end of both")


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
