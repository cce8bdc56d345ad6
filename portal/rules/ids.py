"""Readable random numbers for what parents send in, such as `7K2M-QX4D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

ALPHABET = "23456789CDFGHJKMNPQRTVWX"
"""No vowels (no words come out), and none of 0 O, 1 I L, 5 S, 8 B, 2 Z as a pair to mix up."""

_LENGTH = 8


class RandomSource(Protocol):
    """What `secrets.SystemRandom()` and, in tests, `random.Random(seed)` offer."""

    def choice(self, seq: Sequence[str], /) -> str: ...


def request_number(source: RandomSource) -> str:
    """A new number: 8 of 24 signs, about 10^11 of them, in two groups of four.

    It tells nothing of the case, the day or how many there are. The caller keeps it unique.
    """
    signs = "".join(source.choice(ALPHABET) for _ in range(_LENGTH))
    return f"{signs[:4]}-{signs[4:]}"
