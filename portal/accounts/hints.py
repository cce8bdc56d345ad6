"""Security hints: the questions, and answers that cannot stand (HNT-3).

A hint only ever adds to a mailed link; an agency can turn hints off (HNT-1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from portal.security.passwords import normalise_answer

QUESTIONS = {
    "first_job": _l("What was the first job you were paid for?"),
    "first_concert": _l("What was the first concert or show you went to?"),
    "childhood_friend": _l("Who was your best friend before you were ten?"),
    "first_teacher": _l("What was the name of your first teacher?"),
    "dream_place": _l("What place have you always wanted to see?"),
    "favorite_book": _l("What book or story did you love as a child?"),
    "childhood_food": _l("What food did you hate as a child?"),
    "first_phone": _l("What was the first phone you owned?"),
}
"""By key. None asks what a former partner is sure to know, such as a pet or a mother's name."""

MINIMUM = 3
MAXIMUM = 200
_REFUSED = frozenset(
    {"123", "1234", "12345", "123456", "abc", "none", "n/a", "asdf", "qwerty", "test", "answer"}
    | {"unknown", "nothing", "password", "i don't know", "no", "yes"}
)


def answer_is_weak(answer: str, question: str, forbidden: Iterable[str]) -> bool:
    """Whether an answer is too short, a usual one, a word of its question, or a forbidden text.

    :param question: the question in the words that were shown.
    :param forbidden: the e-mail address, the password.
    """
    given = normalise_answer(answer)
    if len(given) < MINIMUM or given in _REFUSED or len(set(given)) < 2:
        return True
    if given in {normalise_answer(text) for text in forbidden}:
        return True
    asked = set(re.findall(r"\w+", normalise_answer(question)))
    return set(re.findall(r"\w+", given)) <= asked
