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
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of mail: what finds its words, and the folder that ``notices/<name>/`` lies in."""

    name: str
    build: Builder
    folder: Path


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


def notice_of(name: str) -> Notice:
    """What is registered under a name. :raises UnknownTemplate: where nothing is."""
    try:
        return _notices[name]
    except KeyError:
        raise UnknownTemplate(
            f"No notice is called {name!r}: is the module that registers it imported?"
        ) from None


def notices() -> tuple[Notice, ...]:
    """Every registered notice, by name."""
    return tuple(_notices[name] for name in sorted(_notices))
