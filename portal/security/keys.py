"""The key ring: every secret the portal uses is derived from ``PORTAL_SECRET_KEYS`` by purpose.

The first key is the newest: it seals and signs. Older ones still open and verify, so that keys can
be changed without anyone being signed out (KEY-3).
"""

from __future__ import annotations

import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Keyring:
    """Sub-keys by purpose (HKDF-SHA256) and keyed look-up values."""

    def __init__(self, keys: tuple[tuple[str, bytes], ...]) -> None:
        self._keys = dict(keys)
        self.ids = tuple(key_id for key_id, _ in keys)

    @property
    def newest(self) -> str:
        return self.ids[0]

    def subkey(self, purpose: str, key_id: str | None = None, length: int = 32) -> bytes:
        """The key for one purpose, of ``length`` bytes.

        :raises KeyError: when the ring holds no key of that id.
        """
        return _derive(self._keys[key_id or self.newest], purpose, length)

    def subkeys(self, purpose: str) -> list[bytes]:
        """The keys for one purpose, newest first."""
        return [self.subkey(purpose, key_id) for key_id in self.ids]

    def lookup(self, purpose: str, value: str, key_id: str | None = None) -> str:
        """``<key id>.<hex>``: an HMAC that finds a value again without storing it (KEY-2)."""
        key_id = key_id or self.newest
        key = self.subkey(f"lookup:{purpose}", key_id)
        digest = hmac.digest(key, value.encode(), "sha256")
        return f"{key_id}.{digest.hex()}"

    def lookups(self, purpose: str, value: str) -> list[str]:
        """The look-up values under every key of the ring, for ``IN``."""
        return [self.lookup(purpose, value, key_id) for key_id in self.ids]

    def matches(self, purpose: str, value: str, stored: str) -> bool:
        """Whether ``stored`` is a look-up of ``value``, compared in constant time."""
        return any(hmac.compare_digest(found, stored) for found in self.lookups(purpose, value))


@lru_cache(maxsize=512)
def _derive(key: bytes, purpose: str, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=f"parent-portal:{purpose}".encode()).derive(key)
