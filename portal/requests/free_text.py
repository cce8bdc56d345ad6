"""Words that parents type freely, rid of the signs that make a reader see something else."""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 4000
"""Letters, not words: as many as one of a parent's fields takes."""

_TRICKS = re.compile(
    "["
    "\u202a-\u202e\u2066-\u2069"  # turn the order of what follows around
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # are not seen, and join or hide nothing
    "\U000e0000-\U000e007f"  # spell words that nobody sees
    "]"
)
"""What languages need is not among them: joiners (U+200C, U+200D) and marks (U+200E, U+200F)."""


def tidy_words(text: str | None) -> str:
    """The words without such signs and control characters; lines end in a plain line feed.

    What a caseworker reads is then what was sent, in the order in which it was sent.
    """
    lines = _TRICKS.sub("", text or "").strip().splitlines()
    return "\n".join("".join(char for char in line if _is_shown(char)) for line in lines).strip()


def _is_shown(char: str) -> bool:
    return char == "\t" or unicodedata.category(char) != "Cc"
