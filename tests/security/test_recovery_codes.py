"""Recovery codes: RCV-1."""

from __future__ import annotations

import math

from portal.security import recovery_codes


def test_ten_codes_of_at_least_64_secret_bits() -> None:
    codes = recovery_codes.new_codes()
    assert len(set(codes)) == 10
    plain = [recovery_codes.normalise(code) for code in codes]
    assert all(code is not None and len(code) == 16 for code in plain)
    selectors = {code[: recovery_codes.SELECTOR] for code in plain if code}
    assert len(selectors) == 10
    hidden = 16 - recovery_codes.SELECTOR
    assert hidden * math.log2(32) >= 64


def test_a_code_is_read_however_it_is_spelled() -> None:
    assert recovery_codes.normalise(" abcd efgh-jkmn pqrs ") == "ABCDEFGHJKMNPQRS"
    for typed in (
        "",
        "ABCD",
        "ABCD-EFGH-JKMN-PQR0",
        "ABCD-EFGH-JKMN-PQRS-T",
        "ÄBCD-EFGH-JKMN-PQRS",
    ):
        assert recovery_codes.normalise(typed) is None
