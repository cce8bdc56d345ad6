"""What each template needs, registered by the room that the mail belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from portal.context import Context
from portal.settings import PROJECT

Builder = Callable[[Context, Session, Mapping[str, str]], Mapping[str, str]]
"""Given the services, a session to read with and the item's ids: the words for the template.

It runs when the mail is sent, in the recipient's language, and again for every new try, so it must
give the same words (the same link) each time. It changes nothing.
"""

TEMPLATES = PROJECT / "templates"
TEXTS = TEMPLATES / "texts"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of mail or text message: what finds its words, and the folder that its files
    (``notices/<name>/``) lie in."""

    name: str
    build: Builder
    folder: Path
    is_text: bool = False
    """A text message: one file ``<folder>/<name>.txt``, for a phone."""


_notices: dict[str, Notice] = {}


class NoLongerDue(Exception):
    """Raised by a builder: what the mail would tell is void (a newer link, a closed account)."""


class UnknownTemplate(LookupError):
    """No room has registered a template of that name."""


def template(name: str, folder: Path = TEMPLATES) -> Callable[[Builder], Builder]:
    """Register the function that gives ``<folder>/notices/<name>/`` its words.

    Mails carry no case facts: a greeting, a link, "sign in to read it", and nothing of the case.

    :raises ValueError: where the name is taken or is not ``snake_case``.
    """
    if not _NAME.fullmatch(name) or name in _notices:
        raise ValueError(f"Not a free name of a notice: {name!r}")

    def register(builder: Builder) -> Builder:
        _notices[name] = Notice(name, builder, folder)
        return builder

    return register


def text_template(name: str) -> Callable[[Builder], Builder]:
    """Register the function that gives ``templates/texts/<name>.txt`` its words.

    A text message has an end: its builder raises ``NoLongerDue`` when it is no use any more.

    :raises ValueError: as ``template`` does.
    """
    if not _NAME.fullmatch(name) or name in _notices:
        raise ValueError(f"Not a free name of a notice: {name!r}")

    def register(builder: Builder) -> Builder:
        _notices[name] = Notice(name, builder, TEXTS, is_text=True)
        return builder

    return register


def notice_of(name: str) -> Notice:
    """What is registered under a name. :raises UnknownTemplate: where nothing is."""
    try:
        return _notices[name]
    except KeyError:
        raise UnknownTemplate(
            f"No notice is called {name!r}: is the module that registers it imported?"
        ) from None


def is_text(name: str) -> bool:
    """Whether what is registered under a name is a text message; no where nothing is."""
    found = _notices.get(name)
    return found is not None and found.is_text


def notices() -> tuple[Notice, ...]:
    """Every registered notice, by name."""
    return tuple(_notices[name] for name in sorted(_notices))
