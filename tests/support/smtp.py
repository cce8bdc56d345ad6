"""A mail server on this machine that fails, stalls and hangs up as a test tells it to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

Behaviour = str
"""``accept``, ``451``, ``554`` (refuse with that code), ``stall`` (never answer), ``hang up``
(before it has the mail), ``accept and hang up`` (after it has the mail, instead of the answer)."""


class MailServer:
    """What arrived, in order, and how the server behaves: for each mail its number is given."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.received: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.mails = 0
        self.logins: list[tuple[str, str]] = []
        self.behave: Callable[[int], Behaviour] = lambda number: "accept"
        self.at_recipient: Callable[[str], str] = lambda address: "250 OK"
        self.before_answer: Callable[[EmailMessage], None] = lambda message: None
        self.at_quit: Behaviour = "accept"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def message_ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.received]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.at_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails += 1
        behaviour = self.behave(self.mails)
        if behaviour == "stall":
            await asyncio.sleep(3600)
        if behaviour == "hang up":
            self._hang_up(server)
            return "421 gone"
        if behaviour not in ("accept", "accept and hang up"):
            return f"{behaviour} not now"
        content = envelope.original_content or b""
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        self.before_answer(message)
        if behaviour == "accept and hang up":
            self._hang_up(server)
        return "250 taken"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.at_quit == "stall":
            await asyncio.sleep(3600)
        return "221 Bye" if self.at_quit == "accept" else "500 What?"

    @staticmethod
    def _hang_up(server: SMTP) -> None:
        assert server.transport is not None
        server.transport.abort()

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _kind: str, data: Any
    ) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right & proper")


class _OnSocket(Controller):
    """Serves on a socket that listens already: between finding a port and taking it, nobody comes."""

    def __init__(self, state: MailServer, **options: Any) -> None:
        super().__init__(state, hostname="127.0.0.1", port=state.port, **options)
        self._socket = state.socket

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(
            self._factory_invoker, sock=self._socket, ssl=self.ssl_context
        )


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False
) -> Iterator[MailServer]:
    """A server that listens until the block ends.

    :param tls: offers STARTTLS with it, or speaks TLS from the first byte where ``implicit``.
    """
    state = MailServer()
    options: dict[str, Any] = {"authenticator": state.authenticate, "auth_required": login}
    if tls is not None and not implicit:
        options |= {"tls_context": tls, "require_starttls": True}
    if implicit:
        options |= {"auth_require_tls": False}
    controller = _OnSocket(
        state, ssl_context=tls if implicit else None, ready_timeout=60, **options
    )
    controller.start()
    try:
        yield state
    finally:
        controller.stop(no_assert=True)
