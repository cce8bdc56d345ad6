"""Numbers of requests: readable and random."""

import random
import re
import secrets

from portal.rules.ids import ALPHABET, request_number


def test_the_alphabet_makes_no_words_and_mixes_nothing_up() -> None:
    assert not set(ALPHABET) & set("AEIOUY01ILSBZ")
    assert len(set(ALPHABET)) == len(ALPHABET) == 24


def test_numbers_are_two_groups_of_four_and_differ() -> None:
    numbers = {request_number(secrets.SystemRandom()) for _ in range(500)}
    assert len(numbers) == 500
    sign = f"[{ALPHABET}]"
    assert all(re.fullmatch(f"{sign}{{4}}-{sign}{{4}}", number) for number in numbers)


def test_the_source_decides() -> None:
    assert request_number(random.Random(1)) == request_number(random.Random(1))
    assert request_number(random.Random(1)) != request_number(random.Random(2))
