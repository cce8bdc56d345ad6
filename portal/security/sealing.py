"""Sealing: authenticated encryption of what must not be read from a stolen disk (KEY-2).

A sealed value is ``version (1 byte) · length of the key id (1 byte) · key id · nonce (12 bytes) ·
AES-256-GCM``. It is bound to the place it is kept in (``table.column``) and to the key of its row:
moved to another row or column it does not open.
"""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.security.keys import Keyring

_VERSION = 1
_NONCE = 12


class SealBroken(Exception):
    """A sealed value does not open: altered, moved, or sealed with a key that is gone."""


def sealed_with(key_id: str) -> bytes:
    """What every value sealed with this key begins with."""
    return bytes((_VERSION, len(key_id))) + key_id.encode()


class Sealer:
    """Seals and opens with the newest key; opens with every key of the ring."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def seal(self, value: str | bytes, place: str, row: str) -> bytes:
        """Seal ``value`` for ``place`` (``table.column``) and the row with key ``row``."""
        nonce = os.urandom(_NONCE)
        data = value.encode() if isinstance(value, str) else value
        sealed = self._cipher(self._keyring.newest).encrypt(nonce, data, _bound_to(place, row))
        return sealed_with(self._keyring.newest) + nonce + sealed

    def open_bytes(self, sealed: bytes, place: str, row: str) -> bytes:
        """Open what :meth:`seal` made.

        :raises SealBroken: when it was altered, moved, or its key is not in the ring.
        """
        try:
            length = sealed[1]
            key_id = sealed[2 : 2 + length].decode()
            nonce = sealed[2 + length : 2 + length + _NONCE]
            cipher = self._cipher(key_id)
            return cipher.decrypt(nonce, sealed[2 + length + _NONCE :], _bound_to(place, row))
        except (IndexError, KeyError, UnicodeDecodeError, ValueError, InvalidTag) as error:
            raise SealBroken(f"A sealed value of {place} does not open.") from error

    def open(self, sealed: bytes, place: str, row: str) -> str:
        """Open sealed text; raises as :meth:`open_bytes`."""
        return self.open_bytes(sealed, place, row).decode()

    def _cipher(self, key_id: str) -> AESGCM:
        return _cipher(self._keyring.subkey("seal", key_id))


@lru_cache(maxsize=32)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _bound_to(place: str, row: str) -> bytes:
    return f"{place}\x00{row}".encode()
