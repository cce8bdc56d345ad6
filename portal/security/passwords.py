"""Passwords, answers and recovery codes as Argon2id hashes (PWD-3, PWD-4, HNT-3, RCV-1)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from portal.settings import Settings

MINIMUM = 8
"""Code points; a second factor always stands beside the password (63B 3.1.1.2)."""
LEAST_MEMORY_KIB, LEAST_TIME = 19456, 2
"""Of Argon2id, in production (PWD-4)."""
MAXIMUM = 1024
"""Longer ones are refused with a plain message, never cut (PWD-3)."""


@dataclass(frozen=True)
class Check:
    """Whether a password was right, and its fresh hash where the stored one is out of date."""

    is_right: bool
    better_hash: str | None = None


class Passwords:
    """Hashes with the installation's cost. One instance serves all threads."""

    def __init__(self, memory_kib: int, time_cost: int, parallelism: int) -> None:
        self._hasher = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism, type=Type.ID
        )
        self._dummy = self._hasher.hash("nobody has this password")

    def hash(self, secret: str) -> str:
        """The hash to store of a password: its NFC form, whole, case kept."""
        return self._hasher.hash(_bytes(secret))

    def check(self, stored: str | None, secret: str) -> Check:
        """Compare. Without a stored hash the same work is done, and the answer is no (ENU-2)."""
        try:
            self._hasher.verify(stored or self._dummy, _bytes(secret))
        except (VerificationError, InvalidHashError):
            return Check(False)
        if stored is None:
            return Check(False)
        stale = self._hasher.check_needs_rehash(stored)
        return Check(True, self.hash(secret) if stale else None)


@lru_cache(maxsize=4)
def _passwords(memory_kib: int, time_cost: int, parallelism: int) -> Passwords:
    return Passwords(memory_kib, time_cost, parallelism)


def passwords(settings: Settings) -> Passwords:
    """The hasher with the cost that the settings name."""
    return _passwords(settings.argon2_memory_kib, settings.argon2_time, settings.argon2_parallelism)


def code_hasher(settings: Settings) -> Passwords:
    """The hasher of recovery codes and cards. They are drawn by chance and made ten or twenty at a
    time, so the least cost that production allows a password is enough for them (RCV-1)."""
    memory_kib = min(settings.argon2_memory_kib, LEAST_MEMORY_KIB)
    return _passwords(memory_kib, min(settings.argon2_time, LEAST_TIME), 1)


def normalise_answer(answer: str) -> str:
    """An answer to a hint question as it is compared: NFC, no case, single spaces (HNT-3)."""
    return unicodedata.normalize("NFC", " ".join(answer.split()).casefold())


def _bytes(secret: str) -> bytes:
    return unicodedata.normalize("NFC", secret).encode("utf-8", "surrogatepass")
