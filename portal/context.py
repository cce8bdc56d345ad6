"""The context: what every edge (a request, a command, the worker) is handed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime

from portal.database import Database
from portal.rules.agency import Agency, load_agency
from portal.security.keys import Keyring
from portal.security.opaque import OpaqueIds
from portal.security.sealing import Sealer
from portal.settings import Settings


def _system_time() -> datetime:
    return datetime.now(UTC)


@dataclasses.dataclass(frozen=True)
class Context:
    """Settings and what is made from them once."""

    settings: Settings
    agency: Agency
    database: Database
    keyring: Keyring
    sealer: Sealer
    opaque: OpaqueIds
    read_clock: Callable[[], datetime] = _system_time

    def now(self) -> datetime:
        """The present moment, aware, in UTC; the one place where the clock is read."""
        return self.read_clock()


def open_context(settings: Settings, read_clock: Callable[[], datetime] | None = None) -> Context:
    """Make the context of one process.

    :param read_clock: replaces the system's clock (tests); ``PORTAL_CLOCK`` fixes it otherwise.
    :raises portal.rules.agency.ProfileError: when the agency's profile is unreadable.
    """
    keyring = Keyring(settings.secret_keys)
    fixed = settings.clock
    if read_clock is None:
        read_clock = _system_time if fixed is None else lambda: fixed
    return Context(
        settings=settings,
        agency=load_agency(settings.agency),
        database=Database(settings.database_url),
        keyring=keyring,
        sealer=Sealer(keyring),
        opaque=OpaqueIds(keyring),
        read_clock=read_clock,
    )
