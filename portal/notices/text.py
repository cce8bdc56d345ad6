"""Text messages: the way out that ``PORTAL_TEXT_URL`` names.

``https://user:password@host/path?to_field=to&text_field=text`` is a gateway that takes a form; any
other part of the query goes along as a field of the form. ``folder:PATH`` writes a file a message.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from portal.notices.failures import MailFailed
from portal.notices.mail import FolderMailer

SECONDS = 10
"""The longest that one message may take, however slowly the gateway answers."""


class TextGateway(Protocol):
    """A way out for text messages."""

    def send(self, number: str, words: str, event_id: str, at: datetime) -> None:
        """Hand over one message to a number in E.164. :raises MailFailed: where it was refused."""


class FormGateway:
    """Posts a form. Only an answer of 2xx counts; a redirect is not followed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        fields = dict(parse_qsl(parts.query, keep_blank_values=True))
        self._to_field = fields.pop("to_field", "to")
        self._text_field = fields.pop("text_field", "text")
        self._fields = fields
        self._tls = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._path = parts.path or "/"
        self._headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if parts.username:
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"

    def send(self, number: str, words: str, event_id: str, at: datetime) -> None:
        """Hand over one message. :raises MailFailed: unless the gateway has said that it has it."""
        form = urlencode({**self._fields, self._to_field: number, self._text_field: words})
        with _failures(), self._connected() as connection:
            connection.request("POST", self._path, form.encode(), self._headers)
            status = connection.getresponse().status
        if not 200 <= status < 300:
            raise MailFailed(f"gateway_refused_{status}")

    @contextlib.contextmanager
    def _connected(self) -> Iterator[http.client.HTTPConnection]:
        connection = self._connection()
        stop = threading.Timer(SECONDS, _break_off, (connection,))
        stop.daemon = True
        stop.start()
        try:
            yield connection
        finally:
            stop.cancel()
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self._tls:
            trusted = ssl.create_default_context()
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=SECONDS, context=trusted
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=SECONDS)


class FolderTexts:
    """Writes each message to ``<folder>/<id>.eml``, where the demo's mailbox finds it."""

    def __init__(self, folder: Path) -> None:
        self._mailer = FolderMailer(folder)

    def send(self, number: str, words: str, event_id: str, at: datetime) -> None:
        """Write the file. :raises MailFailed: where the folder cannot be written."""
        message = EmailMessage()
        message["To"] = number
        message["Subject"] = "Text message"
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{event_id}@text>"
        message.set_content(words)
        self._mailer.send(message)


def open_gateway(url: str) -> TextGateway:
    """The way out that ``PORTAL_TEXT_URL`` names. :raises MailFailed: where there is none."""
    if url.startswith("folder:"):
        return FolderTexts(Path(url.removeprefix("folder:")))
    if urlsplit(url).scheme in ("http", "https"):
        return FormGateway(url)
    raise MailFailed("no_text_gateway")


def _break_off(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    """The many ways to fail, as codes; the words of the gateway may hold the number."""
    try:
        yield
    except TimeoutError:
        raise MailFailed("gateway_timed_out") from None
    except ssl.SSLError:
        raise MailFailed("gateway_tls_failed") from None
    except (OSError, http.client.HTTPException):
        raise MailFailed("gateway_unreachable") from None
