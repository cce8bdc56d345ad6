"""Where an event came from, for the trail: set once a request, read by every event in it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The request and a keyed hash of the visitor's network address; empty for commands."""

    request_id: str | None = None
    address: str | None = None


_ORIGIN: ContextVar[Origin | None] = ContextVar("audit_origin", default=None)


def current_origin() -> Origin:
    """The origin of what runs now."""
    return _ORIGIN.get() or Origin()


def set_origin(origin: Origin) -> None:
    """Name the origin of what follows in this request."""
    _ORIGIN.set(origin)
