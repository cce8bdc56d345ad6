"""Codes of an authenticator app (RFC 6238: 6 digits, 30 seconds, SHA-1 as all apps do).

pyotp keeps no memory; the step of the last code that was accepted is kept by the caller, who
spends it by one conditional update (OTP-1).
"""

from __future__ import annotations

from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError

DIGITS = 6
WINDOW = 1
"""Steps of 30 seconds before and after now that are accepted (OTP-2)."""


def new_secret() -> str:
    """A fresh secret of 160 bits, in base32 (OTP-4)."""
    return pyotp.random_base32(32)


def matching_step(secret: str, code: str, now: datetime, after: int | None = None) -> int | None:
    """The time step that ``code`` belongs to, or None when it is none that may be used now.

    :param after: the last step that was accepted; it and all before it are refused.
    """
    digits = "".join(code.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        totp = pyotp.TOTP(secret)
        step = totp.verify_and_get_timecode(digits, for_time=now, valid_window=WINDOW)
    except OTPVerificationError:
        return None
    return None if after is not None and step <= after else step


def current_code(secret: str, now: datetime) -> str:
    """The code that an app shows at ``now``: for the demo and for tests."""
    return pyotp.TOTP(secret).at(now)


def provisioning_uri(secret: str, account: str, issuer: str) -> str:
    """The ``otpauth://`` address that an app reads from the QR picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def in_groups(secret: str) -> str:
    """The secret in groups of four, to be typed by hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
