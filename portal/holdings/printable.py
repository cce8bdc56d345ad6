"""Which signs of a text the PDF's font lacks: they are marked, and it is said what was left out."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from portal.notices.letter_pdf import can_print

MARK = "[?]"
_SURE = frozenset(map(chr, range(0x20, 0x7F)))
_KNOWN = frozenset({"LATIN", "GREEK", "CYRILLIC", "HEBREW", "MODIFIER", "COMBINING"})
"""Writing systems that the font has most of."""


@lru_cache(maxsize=256)
def lacking(signs: frozenset[str]) -> frozenset[str]:
    """Those of the signs that cannot be printed.

    Found by trying: a whole writing system at once, so that a text in Chinese costs no more tries
    than one in French.
    """
    systems: dict[str, set[str]] = defaultdict(set)
    for sign in signs - _SURE:
        systems[unicodedata.name(sign, "UNKNOWN").split()[0]].add(sign)
    return frozenset(
        sign for system, found in systems.items() for sign in _lacking(system, sorted(found))
    )


def _lacking(system: str, signs: list[str]) -> Iterable[str]:
    """Of a system that the font has: the ones it lacks. Of another: all, for a mark that prints
    alone would stand without the letter it belongs to."""
    if can_print(" ".join(signs)):
        return ()
    is_script = any(unicodedata.category(sign)[0] == "L" for sign in signs)
    if len(signs) == 1 or (is_script and system not in _KNOWN):
        return signs
    middle = len(signs) // 2
    return (*_lacking(system, signs[:middle]), *_lacking(system, signs[middle:]))


def marked(text: str, lack: frozenset[str]) -> str:
    """The text with a mark in the place of each run of signs that cannot be printed."""
    found: list[str] = []
    for sign in text:
        if sign not in lack:
            found.append(sign)
        elif not found or found[-1] != MARK:
            found.append(MARK)
    return "".join(found)
