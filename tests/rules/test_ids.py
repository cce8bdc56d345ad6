"""Numbers of requests: readable, random, forgiving when typed."""

import random
import secrets

import pytest

from portal.rules.ids import ALPHABET, normalise_number, request_number


def test_the_alphabet_makes_no_words_and_mixes_nothing_up() -> None:
    assert not set(ALPHABET) & set("AEIOUY01ILSBZ")
    assert len(set(ALPHABET)) == len(ALPHABET) == 24


def test_numbers_are_two_groups_of_four_and_differ() -> None:
    numbers = {request_number(secrets.SystemRandom()) for _ in range(500)}
    assert len(numbers) == 500
    assert all(normalise_number(number) == number for number in numbers)


def test_the_source_decides() -> None:
    assert request_number(random.Random(1)) == request_number(random.Random(1))
    assert request_number(random.Random(1)) != request_number(random.Random(2))


@pytest.mark.parametrize("typed", ["7k2mqx4d", " 7K2M QX4D ", "7k2m-qx4d"])
def test_as_typed(typed: str) -> None:
    assert normalise_number(typed) == "7K2M-QX4D"


@pytest.mark.parametrize("typed", ["", "7K2M-QX4", "7K2M-QX4DD", "7A2M-QX4D", "７K2M-QX4D"])
def test_what_is_no_number(typed: str) -> None:
    assert normalise_number(typed) is None
