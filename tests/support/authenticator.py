"""An authenticator app that shares no code with the portal's: RFC 6238 by hand, or ``oathtool``."""

from __future__ import annotations

import base64
import hmac
import shutil
import struct
import subprocess


def code_at(secret: str, unix_seconds: float) -> str:
    """The six digits that a phone would show for the secret as typed from the page."""
    tidy = secret.replace(" ", "").upper()
    if shutil.which("oathtool"):
        done = subprocess.run(
            ["oathtool", "--totp", "--base32", f"--now=@{int(unix_seconds)}", tidy],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()
    key = base64.b32decode(tidy + "=" * (-len(tidy) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(unix_seconds) // 30), "sha1")
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
