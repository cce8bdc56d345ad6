"""Addresses and numbers in one spelling."""

from __future__ import annotations

import pytest

from portal.accounts.contact import (
    BadAddress,
    BadPhone,
    email_key,
    normalise_email,
    normalise_phone,
    shown_phone,
)
from portal.accounts.hints import QUESTIONS, answer_is_weak


@pytest.mark.parametrize(
    "typed", ["Pat@Bücher.example", " pat@BÜCHER.example ", "PAT@xn--bcher-kva.example"]
)
def test_all_spellings_of_an_address_are_one(typed: str) -> None:
    """PWD-5, ENU-1: found, counted and throttled as one."""
    assert email_key(typed) == "pat@bücher.example"


@pytest.mark.parametrize("typed", ["", "pat", "pat@", "a b@example.org", "pat@example.org\r\nBcc: x@y.z",
                                   "pat@example.org,x@example.org", "pat@localhost"])  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    """LNK-5, INJ-3: no list, no line break."""
    with pytest.raises(BadAddress):
        normalise_email(typed)


def test_phones() -> None:
    assert normalise_phone("(617) 555-0123") == "+16175550123"
    assert normalise_phone("+44 20 7946 0958") == "+442079460958"
    assert shown_phone("+16175550123") == "(617) 555-0123"
    assert shown_phone("+442079460958") == "+44 20 7946 0958"
    for typed in ("", "555", "call me", "0" * 30):
        with pytest.raises(BadPhone):
            normalise_phone(typed)


def test_no_question_is_answered_by_its_own_words() -> None:
    """HNT-3."""
    for question in QUESTIONS.values():
        assert answer_is_weak(str(question), str(question), ())
        assert not answer_is_weak("Valparaiso 1987", str(question), ("pat@example.org",))
