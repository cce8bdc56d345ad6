"""Which passwords are refused: too short, on the lists tried first, or made of one's own words.

No rule asks for digits or signs, and none makes anyone change a password (63B 3.1.1.2; PWD-1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from portal.security.passwords import MAXIMUM, MINIMUM

_GUESSES_WANTED = 2
_MEASURED = 72
_OWN_PART = 4


class Problem(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    OWN_WORDS = "own_words"
    GUESSABLE = "guessable"


def password_problem(password: str, own_words: Iterable[str] = ()) -> Problem | None:
    """Why ``password`` cannot be taken, or None.

    :param own_words: names of the site and the agency, the person's e-mail address and the like.
    """
    text = unicodedata.normalize("NFC", password)
    if len(text) < MINIMUM:
        return Problem.TOO_SHORT
    if len(text) > MAXIMUM:
        return Problem.TOO_LONG
    if text.casefold() in _common():
        return Problem.COMMON
    words = [*_split(own_words), "childsupport", "child support"]
    if _is_of(text, words):
        return Problem.OWN_WORDS
    measured = zxcvbn(text[:_MEASURED], user_inputs=words)
    return Problem.GUESSABLE if measured["score"] < _GUESSES_WANTED else None


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """The 30,000 passwords most often found in breaches; 11,600 of them are long enough (PWD-2)."""
    return frozenset(word.casefold() for word in FREQUENCY_LISTS["passwords"])


def _split(words: Iterable[str]) -> list[str]:
    found: list[str] = []
    for word in words:
        found.append(word)
        found.extend(part for part in re.split(r"[\s@.,_+-]+", word) if len(part) >= _OWN_PART)
    return [word for word in found if word]


def _is_of(password: str, words: Iterable[str]) -> bool:
    """Whether hardly a letter is left of a password when its own words are taken out."""
    whole = rest = _letters(password)
    for word in sorted({_letters(word) for word in words}, key=len, reverse=True):
        if len(word) >= _OWN_PART:
            rest = rest.replace(word, "")
    left = [sign for sign in rest if not sign.isdigit()]
    return rest != whole and len(left) < _OWN_PART


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
