"""The codes of a printed card: twenty, of 40 bits each, asked by number (63B 3.1.2).

Short, for they are typed at every sign-in; each is kept as a slow hash, and wrong ones are counted
for the account, so that nobody gets through 40 bits.
"""

from __future__ import annotations

import secrets

COUNT = 20
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 8


def new_codes() -> list[str]:
    """Twenty codes in two groups of four, no two alike; the first has the number 1."""
    found: set[str] = set()
    while len(found) < COUNT:
        found.add("".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)))
    codes = [f"{code[:4]}-{code[4:]}" for code in found]
    secrets.SystemRandom().shuffle(codes)
    return codes


def normalise(typed: str) -> str | None:
    """A code as typed, in its one spelling without hyphens; None where it can be none."""
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(code) != _LENGTH or any(sign not in _SIGNS for sign in code):
        return None
    return code
