"""Recovery codes: ten, of 80 bits each, kept as slow hashes (RCV-1; 63B 4.2.1.1).

The first two signs are kept in plain, so that one code costs one hash to check and not ten; the
other fourteen are 70 bits that only the hash knows.
"""

from __future__ import annotations

import secrets

COUNT = 10
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 16
SELECTOR = 2


def new_codes() -> list[str]:
    """Ten codes in four groups of four; no two begin alike."""
    found: dict[str, str] = {}
    while len(found) < COUNT:
        code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
        found.setdefault(code[:SELECTOR], code)
    return [written(code) for code in found.values()]


def written(code: str) -> str:
    """A code as it is shown: ``XXXX-XXXX-XXXX-XXXX``."""
    return "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))


def normalise(typed: str) -> str | None:
    """A code as typed, in its one spelling without hyphens; None where it can be none."""
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(code) != _LENGTH or any(sign not in _SIGNS for sign in code):
        return None
    return code
