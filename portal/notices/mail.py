"""Composing a mail, and the two ways out: an SMTP server, or a folder with one file a mail."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol

from portal.notices.failures import MailFailed
from portal.notices.rendering import Rendered
from portal.notices.smtp import SmtpMailer, is_smtp


class Mailer(Protocol):
    """A way out."""

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail. :raises MailFailed: where it was not accepted."""


class FolderMailer:
    """Writes each mail to ``<folder>/<id>.eml``; one sent twice is one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        part = self._folder / f".{name}.{os.getpid()}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / f"{name}.eml")
        except OSError as error:
            raise MailFailed("folder_not_writable", down=True) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def open_mailer(url: str) -> Mailer:
    """The way out that ``PORTAL_MAIL_URL`` names.

    ``smtp://user:password@host:port?starttls=1``, ``smtps://…`` or ``folder:PATH``.

    :raises ValueError: on any other address.
    """
    if url.startswith("folder:") and url != "folder:":
        return FolderMailer(Path(url.removeprefix("folder:")))
    if is_smtp(url):
        return SmtpMailer(url)
    raise ValueError("PORTAL_MAIL_URL must be smtp://…, smtps://… or folder:PATH.")


def compose(
    rendered: Rendered,
    *,
    event_id: str,
    sender: str,
    recipient: str,
    reply_to: str = "",
    language: str = "en",
    at: datetime,
) -> EmailMessage:
    """One mail to one person, the same to the byte however often it is composed (CRS-2).

    :param event_id: the outbox item's id; the Message-ID is ``<event id@sender's domain>``.
    :param at: when it was queued; the ``Date``.
    :raises MailFailed: where an address is not exactly one e-mail address (INJ-3).
    """
    message = EmailMessage(policy=SMTP)
    origin = _one_address(sender)
    message["From"] = origin
    message["To"] = _one_address(recipient)
    if reply_to:
        message["Reply-To"] = _one_address(reply_to)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{event_id}@{origin.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    message.set_boundary(f"=_{event_id}")
    message["Content-Language"] = language  # earlier it would go down into one of the parts
    return message


def _one_address(text: str) -> Address:
    """An address such as ``Name <name@host>``, its domain in ASCII."""
    name, spec = parseaddr(text)
    user, at, domain = spec.rpartition("@")
    if not (user and at and domain) or (not name and spec != text.strip()):
        raise MailFailed("bad_address")
    try:
        ascii_domain = domain.encode("idna").decode()
        return Address(display_name=name, addr_spec=f"{user}@{ascii_domain}")
    except Exception as error:  # the parser raises many kinds, some from inside
        raise MailFailed("bad_address") from error
