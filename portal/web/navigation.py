"""The menu of a person signed in: each room gives its own entries."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from flask import current_app, request
from flask_login import current_user

from portal.web.sessions import current_session


@dataclasses.dataclass(frozen=True)
class Entry:
    """One entry of the menu. ``label`` is in the person's language."""

    label: str
    href: str
    current: bool = False


Provider = Callable[[], Iterable[Entry]]


def entries() -> list[Entry]:
    """The menu for this request: empty unless the account is complete and signed in."""
    row = current_session().row
    if row is None or not current_user.is_authenticated or current_user.next_step(row):
        return []
    providers: list[Provider] = current_app.extensions["portal.navigation"]
    return [entry for provide in providers for entry in provide()]


def is_current(href: str) -> bool:
    """Whether this request is for ``href``."""
    return request.path == href
