"""Which signs of a text the PDF's font lacks: they are marked, and it is said what was left out."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from portal.notices.letter_pdf import unprintable

MARK = "[?]"
_SURE = frozenset(map(chr, range(0x20, 0x7F)))
_KNOWN = frozenset({"LATIN", "GREEK", "CYRILLIC", "HEBREW", "MODIFIER", "COMBINING"})
"""Writing systems that the font has most of."""


@lru_cache(maxsize=256)
def lacking(signs: frozenset[str]) -> frozenset[str]:
    """Those of the signs that cannot be printed: found by one try, however many there are.

    Of a writing system that the font does not have: all, for a mark that prints alone would stand
    without the letter it belongs to.
    """
    asked = sorted(signs - _SURE)
    lack = unprintable(asked) if asked else frozenset()
    missing = {_system(sign) for sign in lack if unicodedata.category(sign)[0] in "LM"} - _KNOWN
    return lack | frozenset(sign for sign in asked if _system(sign) in missing)


def _system(sign: str) -> str:
    return unicodedata.name(sign, "UNKNOWN").split()[0]


def marked(text: str, lack: frozenset[str]) -> str:
    """The text with a mark in the place of each run of signs that cannot be printed."""
    found: list[str] = []
    for sign in text:
        if sign not in lack:
            found.append(sign)
        elif not found or found[-1] != MARK:
            found.append(MARK)
    return "".join(found)
