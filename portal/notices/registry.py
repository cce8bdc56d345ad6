"""What each template needs, registered by the room that the mail belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from portal.context import Context

Builder = Callable[[Context, Session, Mapping[str, str]], Mapping[str, str]]
"""Given the services, a session to read with and the item's ids: the words for the template.

It runs when the mail is sent, in the recipient's language, and again for every new try, so it must
give the same words (the same link) each time. It changes nothing.
"""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_builders: dict[str, Builder] = {}


class NoLongerDue(Exception):
    """Raised by a builder: what the mail would tell is void (a newer link, a closed account)."""


class UnknownTemplate(LookupError):
    """No room has registered a template of that name."""


def template(name: str) -> Callable[[Builder], Builder]:
    """Register the function that gives ``templates/notices/<name>/`` its words.

    Mails carry no case facts: a greeting, a link, "sign in to read it", and nothing of the case.

    :raises ValueError: where the name is taken or is not ``snake_case``.
    """
    if not _NAME.fullmatch(name) or name in _builders:
        raise ValueError(f"Not a free name of a notice: {name!r}")

    def register(builder: Builder) -> Builder:
        _builders[name] = builder
        return builder

    return register


def builder_of(name: str) -> Builder:
    """The function registered for a template. :raises UnknownTemplate: where there is none."""
    try:
        return _builders[name]
    except KeyError:
        raise UnknownTemplate(
            f"No notice is called {name!r}: is the module that registers it imported?"
        ) from None


def names() -> tuple[str, ...]:
    """Every registered template, in order."""
    return tuple(sorted(_builders))
