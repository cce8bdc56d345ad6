"""Sending by SMTP, with an end to every wait."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from portal.notices.failures import MailFailed
from portal.settings import wants_starttls

ANSWER_SECONDS = 20
"""The longest wait for one answer of the server."""
SENDING_SECONDS = 60
"""The longest that one mail may take; a lease on it lasts longer, so no other worker begins."""


def is_smtp(url: str) -> bool:
    """Whether the address is one that ``SmtpMailer`` understands."""
    parts = urlsplit(url)
    return parts.scheme in ("smtp", "smtps") and bool(parts.hostname)


class SmtpMailer:
    """One connection a mail. TLS is checked against the system's authorities."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._implicit_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._implicit_tls else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._starttls = wants_starttls(url)

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail. :raises MailFailed: unless the server has said that it has it."""
        with _failures(), self._connected() as client:
            refused = client.send_message(message)
            if refused:
                raise MailFailed("recipient_refused")

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        client = self._client()
        stop = threading.Timer(SENDING_SECONDS, _break_off, (client,))
        stop.daemon = True
        stop.start()
        try:
            client.connect(self._host, self._port)
            if self._starttls:
                client.starttls(context=ssl.create_default_context())
            if self._user:
                client.login(self._user, self._password)
            yield client
            # It has the mail: how the farewell goes changes nothing any more.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                client.quit()
        finally:
            stop.cancel()
            client.close()

    def _client(self) -> smtplib.SMTP:
        if self._implicit_tls:
            context = ssl.create_default_context()
            client: smtplib.SMTP = smtplib.SMTP_SSL(timeout=ANSWER_SECONDS, context=context)
        else:
            client = smtplib.SMTP(timeout=ANSWER_SECONDS)
        # `connect` alone leaves the name that TLS is checked against empty.
        client._host = self._host  # type: ignore[attr-defined]
        return client


def _break_off(client: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError):
        if client.sock is not None:
            client.sock.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    """The server's many ways to fail, as codes; its words may hold the address and stay out."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise MailFailed(f"recipient_refused_{codes[0]}") from None
    except smtplib.SMTPSenderRefused as error:
        raise MailFailed(f"sender_refused_{error.smtp_code}", down=True) from None
    except smtplib.SMTPDataError as error:
        raise MailFailed(f"message_refused_{error.smtp_code}") from None
    except smtplib.SMTPAuthenticationError as error:
        raise MailFailed(f"login_refused_{error.smtp_code}", down=True) from None
    except smtplib.SMTPNotSupportedError:
        raise MailFailed("not_supported_by_server") from None
    except smtplib.SMTPResponseException as error:
        raise MailFailed(f"server_refused_{error.smtp_code}", down=True) from None
    except smtplib.SMTPServerDisconnected as error:
        late = isinstance(error.__context__, TimeoutError)
        raise MailFailed("server_timed_out" if late else "server_hung_up", down=True) from None
    except TimeoutError:
        raise MailFailed("server_timed_out", down=True) from None
    except ssl.SSLError:
        raise MailFailed("tls_failed", down=True) from None
    except (OSError, smtplib.SMTPException):
        raise MailFailed("server_unreachable", down=True) from None
