"""The demo's mailbox: the messages that the worker wrote into the mail folder."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9._-]{1,120}\.eml")
_LINK = re.compile(r"https?://\S+")
MOST_SHOWN = 200


@dataclasses.dataclass(frozen=True)
class Mail:
    """One message, as the mailbox shows it."""

    name: str
    to: str
    subject: str
    sent_at: datetime | None
    body: str

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The body in pieces: text, and whether it is a link."""
        pieces: list[tuple[str, bool]] = []
        end = 0
        for link in _LINK.finditer(self.body):
            pieces += [(self.body[end : link.start()], False), (link.group(), True)]
            end = link.end()
        return [*pieces, (self.body[end:], False)]


def folder_of(mail_url: str) -> Path:
    """The folder behind ``folder:PATH``. :raises ValueError: when mail goes elsewhere."""
    kind, _, path = mail_url.partition(":")
    if kind != "folder":
        raise ValueError("The demo's mailbox needs PORTAL_MAIL_URL=folder:PATH.")
    return Path(path)


def list_mails(folder: Path, to: str = "") -> list[Mail]:
    """The newest messages first, only those to ``to`` when it is given."""
    if not folder.is_dir():
        return []
    newest = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    mails = (read_mail(folder, path.name) for path in newest[:MOST_SHOWN])
    return [mail for mail in mails if mail and (not to or mail.to == to)]


def read_mail(folder: Path, name: str) -> Mail | None:
    """One message by its file's name, or None."""
    if not _NAME.fullmatch(name):
        return None
    try:
        data = (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    sent = message.get("Date")
    return Mail(
        name=name,
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        sent_at=parsedate_to_datetime(str(sent)) if sent else None,
        body=str(body.get_content()) if body is not None else "",
    )
