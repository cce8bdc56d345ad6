"""Sealed values open only where they were sealed (KEY-2), with any key of the ring (KEY-3)."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.security.keys import Keyring
from portal.security.sealing import SealBroken, Sealer

OLD = ("a1", os.urandom(32))
NEW = ("b2", os.urandom(32))
sealer = Sealer(Keyring((OLD,)))


@given(st.binary(max_size=300), st.text(max_size=20), st.text(max_size=20))
def test_what_is_sealed_opens_in_its_place(value: bytes, place: str, row: str) -> None:
    assert sealer.open_bytes(sealer.seal(value, place, row), place, row) == value


def test_a_value_moved_to_another_row_or_column_does_not_open() -> None:
    """KEY-2: two people's sealed values swapped are refused."""
    sealed = sealer.seal("12 Elm Street", "accounts.email", "row-1")
    for place, row in (("accounts.email", "row-2"), ("accounts.phone", "row-1")):
        with pytest.raises(SealBroken):
            sealer.open(sealed, place, row)


@given(st.data())
def test_one_flipped_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(sealer.seal("canary", "t.c", "r"))
    at = data.draw(st.integers(1, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        sealer.open(bytes(sealed), "t.c", "r")


def test_the_same_value_never_looks_the_same_twice() -> None:
    assert sealer.seal("x", "t.c", "r") != sealer.seal("x", "t.c", "r")


def test_an_older_key_still_opens_and_the_newest_seals() -> None:
    """KEY-3"""
    sealed = sealer.seal("kept", "t.c", "r")
    both = Sealer(Keyring((NEW, OLD)))
    assert both.open(sealed, "t.c", "r") == "kept"
    with pytest.raises(SealBroken):
        sealer.open(both.seal("new", "t.c", "r"), "t.c", "r")


def test_lookups_find_a_value_under_every_key_and_hide_it() -> None:
    """KEY-2: a keyed HMAC, not a bare hash."""
    ring = Keyring((NEW, OLD))
    old = Keyring((OLD,)).lookup("ssn", "666123456")
    assert old in ring.lookups("ssn", "666123456")
    assert ring.matches("ssn", "666123456", old)
    assert not ring.matches("ssn", "666123457", old)
    assert ring.lookup("ssn", "666123456") != ring.lookup("pin", "666123456")
    assert "666123456" not in old
