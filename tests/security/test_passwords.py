"""Passwords: PWD-1 to PWD-4, HNT-3."""

from __future__ import annotations

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from portal.security.password_rules import Problem, password_problem
from portal.security.passwords import Passwords, code_hasher, normalise_answer
from portal.settings import Settings

CHEAP = Passwords(64, 1, 1)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("otter 7 lamp", None),
        ("x9#kQ2vw", None),
        ("correct horse battery staple", None),
        ("        spaces count too, yes        ", None),
        ("пароль зимой хрустит", None),
        ("🦊🐢🦊 lantern", None),
        ("q" + "уж jc Rw 83 " * 80, None),
        ("seven77", Problem.TOO_SHORT),
        ("a" * 1025, Problem.TOO_LONG),
        ("Password1", Problem.COMMON),
        ("aaaaaaaaaaaa", Problem.GUESSABLE),
        ("childsupport1", Problem.OWN_WORDS),
        ("Morgan.Reed86", Problem.OWN_WORDS),
    ],
)
def test_what_is_taken_and_what_is_not(password: str, problem: Problem | None) -> None:
    """PWD-1: eight and more code points beside a second factor, long ones, spaces and Unicode; no
    rule of composition. PWD-2: the reason is given."""
    words = ("morgan.reed@example.org", "Department of Revenue")
    assert password_problem(password, words) is problem


def test_the_common_ones_are_refused() -> None:
    """PWD-2: the top 3,000 of those long enough, in whatever letter case."""
    listed = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= 8][:3000]
    assert len(listed) == 3000
    assert {password_problem(word.upper()) for word in listed} == {Problem.COMMON}


def test_nothing_is_cut_off_and_no_case_is_folded() -> None:
    """PWD-3: 80 characters, a NUL byte and the letter case all count."""
    first = "ab\x00" + "c" * 77
    stored = CHEAP.hash(first)
    assert CHEAP.check(stored, first).is_right
    for other in (first[:72] + "d" * 8, first[:2], first.upper(), first + " "):
        assert not CHEAP.check(stored, other).is_right


def test_one_word_in_two_spellings_of_unicode_is_one() -> None:
    """PWD-1: NFC, so that a phone and a computer agree."""
    assert CHEAP.check(CHEAP.hash("ma\u00f1ana 12"), "man\u0303ana 12").is_right


def test_the_default_cost() -> None:
    """PWD-4: Argon2id, 19 MiB, nine passes, a salt of its own for each hash."""
    settings = Settings(secret_keys=())
    cost = (settings.argon2_memory_kib, settings.argon2_time, settings.argon2_parallelism)
    stored = Passwords(*cost).hash("x")
    assert stored.startswith("$argon2id$v=19$m=19456,t=9,p=1$")
    assert CHEAP.hash("x") != CHEAP.hash("x")


def test_the_cost_of_codes_is_the_least_that_production_allows() -> None:
    """RCV-1: slow, but ten are made at a time; never dearer than a password."""
    assert code_hasher(Settings(secret_keys=())).hash("x").startswith("$argon2id$v=19$m=19456,t=2,")
    cheap = Settings(secret_keys=(), argon2_memory_kib=64, argon2_time=1)
    assert code_hasher(cheap).hash("x").startswith("$argon2id$v=19$m=64,t=1,")


def test_a_cheaper_hash_is_renewed() -> None:
    """PWD-4."""
    old = CHEAP.hash("otter 7 lamp")
    check = Passwords(128, 1, 1).check(old, "otter 7 lamp")
    assert check.is_right
    assert check.better_hash is not None
    assert "m=128" in check.better_hash
    assert CHEAP.check(old, "otter 7 lamp").better_hash is None


def test_without_a_hash_the_answer_is_no() -> None:
    """ENU-2: an unknown account costs the same work, and the dummy's password opens nothing."""
    assert not CHEAP.check(None, "nobody has this password").is_right
    assert not CHEAP.check("not a hash", "x").is_right


def test_answers_are_compared_without_case_and_space() -> None:
    """HNT-3."""
    assert normalise_answer("  Paper   ROUTE ") == "paper route"
    assert normalise_answer("N\u0303u\u0301n\u0303ez") == normalise_answer("ÑÚÑEZ")
