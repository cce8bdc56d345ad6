"""Opaque ids in addresses (ACL-1)."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from portal.security.keys import Keyring
from portal.security.opaque import OpaqueIds

ids = OpaqueIds(Keyring((("a1", os.urandom(32)),)))
keys = st.text("ABCabc019-_.", min_size=1, max_size=32)


@given(keys, keys)
def test_an_id_reveals_its_key_to_its_owner_only(key: str, owner: str) -> None:
    hidden = ids.hide("payment", key, within=owner)
    assert ids.reveal("payment", hidden, within=owner) == key
    assert ids.reveal("payment", hidden, within=owner + "x") is None
    assert ids.reveal("case", hidden, within=owner) is None
    assert key not in hidden or len(key) < 4


@given(st.text(max_size=80))
def test_whatever_is_made_up_reveals_nothing(made_up: str) -> None:
    assert ids.reveal("case", made_up) is None


def test_ids_are_stable_and_survive_a_new_key() -> None:
    old, new = ("a1", os.urandom(32)), ("b2", os.urandom(32))
    hidden = OpaqueIds(Keyring((old,))).hide("case", "C1")
    assert OpaqueIds(Keyring((old,))).hide("case", "C1") == hidden
    assert OpaqueIds(Keyring((new, old))).reveal("case", hidden) == "C1"


def test_short_and_long_keys_look_alike() -> None:
    assert len({len(ids.hide("case", "x" * n)) for n in range(1, 16)}) == 1
