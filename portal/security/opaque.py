"""Opaque ids: what addresses carry in place of case numbers and payment keys (ACL-1).

AES-SIV is deterministic: the same key always gives the same id, nothing has to be stored, and an id
that was made up or belongs to another kind or owner does not open.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from portal.security.keys import Keyring

_BLOCK = 16


class OpaqueIds:
    """Hides record keys in addresses; ``within`` ties an id to its owner (a case, an account)."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def hide(self, kind: str, key: str, within: str = "") -> str:
        """The id of ``key``: 43 or more characters of base64url. Keys are at most 255 bytes."""
        data = key.encode()
        padded = bytes([len(data)]) + data
        padded += b"\x00" * (-len(padded) % _BLOCK)
        cipher = AESSIV(self._keyring.subkey("opaque", length=64))
        sealed = cipher.encrypt(padded, [kind.encode(), within.encode()])
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def reveal(self, kind: str, opaque: str, within: str = "") -> str | None:
        """The key behind an id, or None when it is not one of this kind and owner."""
        try:
            sealed = base64.b64decode(opaque + "=" * (-len(opaque) % 4), b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        if len(sealed) < 2 * _BLOCK or self._canonical(sealed) != opaque:
            return None
        for key_id in self._keyring.ids:
            cipher = AESSIV(self._keyring.subkey("opaque", key_id, length=64))
            try:
                data = cipher.decrypt(sealed, [kind.encode(), within.encode()])
            except InvalidTag:
                continue
            return data[1 : 1 + data[0]].decode()
        return None

    @staticmethod
    def _canonical(sealed: bytes) -> str:
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")
