"""Codes of an authenticator app: OTP-1, OTP-2, OTP-4."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from portal.security import totp

SEED = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 22, 15, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    """OTP-2: the last six of the standard's eight digits, found at their time step."""
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.current_code(SEED, moment) == code
    assert totp.matching_step(SEED, code, moment) == seconds // 30


@pytest.mark.parametrize("steps", range(-3, 4))
def test_the_window_is_one_step(steps: int) -> None:
    """OTP-2."""
    code = totp.current_code(SEED, NOW + timedelta(seconds=30 * steps))
    assert (totp.matching_step(SEED, code, NOW) is not None) is (abs(steps) <= 1)


def test_a_step_that_was_used_and_older_ones_are_refused() -> None:
    """OTP-1, OTP-2."""
    step = int(NOW.timestamp()) // 30
    code = totp.current_code(SEED, NOW)
    assert totp.matching_step(SEED, code, NOW, after=step - 1) == step
    assert totp.matching_step(SEED, code, NOW, after=step) is None
    older = totp.current_code(SEED, NOW - timedelta(seconds=30))
    assert totp.matching_step(SEED, older, NOW, after=step) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "２８７０８２", "-12345"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert totp.matching_step(SEED, typed, NOW) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    code = totp.current_code(SEED, NOW)
    assert totp.matching_step(SEED, f" {code[:3]} {code[3:]} ", NOW) is not None


def test_secrets_are_of_160_bits_and_differ() -> None:
    """OTP-4."""
    secrets = {totp.new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert {len(base64.b32decode(secret)) for secret in secrets} == {20}
    assert totp.in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"
