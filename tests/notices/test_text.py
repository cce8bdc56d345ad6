"""Text messages: the gateway on a real socket, and the outbox around it."""

from __future__ import annotations

import base64
import dataclasses
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from portal.accounts import mail as _registers  # noqa: F401
from portal.context import Context
from portal.demo.mailbox import list_mails
from portal.notices import text as text_module
from portal.notices.failures import MailFailed
from portal.notices.models import OutboxItem
from portal.notices.outbox import enqueue
from portal.notices.text import FolderTexts, open_gateway
from portal.notices.worker import run_once
from portal.security import text_codes
from portal.security.text_codes import TextPurpose
from tests.support.clock import Clock
from tests.support.ports import held_port

PHONE = "+16175550112"


class Gateway:
    """A gateway on this machine: what it got, and what it answers."""

    def __init__(self) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.paths: list[str] = []
        self.logins: list[str | None] = []
        self.status = 200
        self.stall = threading.Event()
        self.stalls = False
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                gateway.forms.append(parse_qs(self.rfile.read(length).decode()))
                gateway.paths.append(self.path)
                gateway.logins.append(self.headers["Authorization"])
                if gateway.stalls:
                    gateway.stall.wait(30)
                self.send_response(gateway.status)
                if 300 <= gateway.status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    found = Gateway()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.stall.set()
    found.server.shutdown()
    found.server.server_close()


def send(url: str, clock: Clock) -> None:
    open_gateway(url).send(PHONE, "Portal: your code is 012345 & é", "e1", clock())


def test_the_form_and_the_login(gateway: Gateway, clock: Clock) -> None:
    query = "to_field=To&text_field=Body&From=12345"
    send(f"http://me:p%40ss@{gateway.address}/send?{query}", clock)
    assert gateway.forms == [
        {"To": [PHONE], "Body": ["Portal: your code is 012345 & é"], "From": ["12345"]}
    ]
    assert gateway.paths == ["/send"]
    assert gateway.logins == [f"Basic {base64.b64encode(b'me:p@ss').decode()}"]


def test_the_fields_names_when_none_are_given(gateway: Gateway, clock: Clock) -> None:
    send(f"http://{gateway.address}", clock)
    assert set(gateway.forms[0]) == {"to", "text"}
    assert gateway.logins == [None]


@pytest.mark.parametrize("status", [302, 307, 400, 401, 429, 500])
def test_only_2xx_counts_and_no_redirect_is_followed(
    gateway: Gateway, clock: Clock, status: int
) -> None:
    """INJ-4."""
    gateway.status = status
    with pytest.raises(MailFailed) as failed:
        send(f"http://{gateway.address}/send", clock)
    assert failed.value.reason == f"gateway_refused_{status}"
    assert gateway.paths == ["/send"]


def test_a_gateway_that_does_not_answer_is_left(
    gateway: Gateway, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_module, "SECONDS", 0.3)
    gateway.stalls = True
    with pytest.raises(MailFailed) as failed:
        send(f"http://{gateway.address}/send", clock)
    assert failed.value.reason in ("gateway_timed_out", "gateway_unreachable")


def test_a_gateway_that_is_not_there(clock: Clock) -> None:
    with pytest.raises(MailFailed) as failed:
        send(f"http://127.0.0.1:{held_port()}/", clock)
    assert failed.value.reason == "gateway_unreachable"
    with pytest.raises(MailFailed):
        open_gateway("")


def test_the_demo_s_mailbox_shows_texts(tmp_path: Path, clock: Clock) -> None:
    FolderTexts(tmp_path).send(PHONE, "Portal: your code is 012345", "e1", clock())
    (shown,) = list_mails(tmp_path)
    assert (shown.to, shown.body.strip()) == (PHONE, "Portal: your code is 012345")
    assert shown.sent_at == clock().replace(microsecond=0)


def queue(context: Context) -> tuple[str, str]:
    """A code in the outbox: the item's id, and the code."""
    with context.database.transaction() as session:
        row = text_codes.issue(session, context.keyring, context.sealer, "A",
                               TextPurpose.SIGN_IN, PHONE, context.now())  # fmt: skip
        item = enqueue(session, context.sealer, "text_code", recipient_email=PHONE, language="en",
                       ids={"code": row.id}, now=context.now())  # fmt: skip
        return item.id, text_codes.code_of(context.keyring, row)


def item_of(context: Context, item_id: str) -> OutboxItem:
    with context.database.session() as session:
        return session.get_one(OutboxItem, item_id)


def with_gateway(context: Context, url: str) -> Context:
    settings = dataclasses.replace(context.settings, text_url=url)
    return dataclasses.replace(context, settings=settings)


def test_it_is_tried_again_within_seconds_and_then_no_more(
    gateway: Gateway, context: Context, clock: Clock
) -> None:
    """REG-3: a code that is too old is not sent any more; CRS-2: the same code each try."""
    context = with_gateway(context, f"http://{gateway.address}/")
    gateway.status = 503
    item_id, code = queue(context)
    run_once(context, clock())
    assert item_of(context, item_id).next_try_at == clock() + timedelta(seconds=5)
    gateway.status = 200
    clock.forward(seconds=5)
    run_once(context, clock())
    assert item_of(context, item_id).sent_at == clock()
    assert all(code in form["text"][0] for form in gateway.forms)
    assert len(gateway.forms) == 2
    late, _ = queue(context)
    clock.forward(minutes=10)
    run_once(context, clock())
    assert item_of(context, late).reason == "no_longer_due"
    assert len(gateway.forms) == 2


def test_a_dead_gateway_holds_no_mail_up(context: Context, clock: Clock) -> None:
    """CRS-3."""
    context = with_gateway(context, f"http://127.0.0.1:{held_port()}/")
    queue(context)
    with context.database.transaction() as session:
        enqueue(session, context.sealer, "no_account", recipient_email="a@example.org",
                language="en", ids={}, now=clock())  # fmt: skip
    assert run_once(context, clock()) == 1
