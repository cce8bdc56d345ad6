"""The code on a statement: 20 signs that are easily told apart, 100 random bits.

It is the only thing that opens the public page of a statement, so it is long enough that nobody
finds one by trying; it is kept sealed and found by a keyed look-up (KEY-2).
"""

from __future__ import annotations

import secrets

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 20
_GROUP = 4
PURPOSE = "statement_code"
"""Of the look-up."""


def new_code() -> str:
    """A code in its one spelling, without hyphens."""
    return "".join(secrets.choice(_SIGNS) for _ in range(LENGTH))


def spelled(code: str) -> str:
    """The code in groups of four, as it is printed: ``7K2M-QX4D-…``."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def normalise(typed: str) -> str | None:
    """What was typed, in the one spelling; None where it can be no code."""
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(code) != LENGTH or any(sign not in _SIGNS for sign in code):
        return None
    return code
