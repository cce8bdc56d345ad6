"""The virus scanner, where one is configured: clamd over a Unix socket or TCP."""

from __future__ import annotations

import io
from typing import Protocol
from urllib.parse import urlsplit

import clamd

_SECONDS = 60


class ScannerDown(Exception):
    """The scanner gave no verdict. What it was to look at stays held."""


class Scanner(Protocol):
    """Looks at bytes and says whether they are clean."""

    def is_clean(self, data: bytes) -> bool:
        """Whether nothing was found. Raises `ScannerDown` where there is no verdict."""
        ...


class ClamdScanner:
    """clamd at ``unix:/path`` or ``tcp://host:port``."""

    def __init__(self, url: str, seconds: int = _SECONDS) -> None:
        parts = urlsplit(url)
        if parts.scheme == "unix" and parts.path:
            self._client = clamd.ClamdUnixSocket(parts.path, timeout=seconds)
        elif parts.scheme == "tcp" and parts.hostname:
            self._client = clamd.ClamdNetworkSocket(
                parts.hostname, parts.port or 3310, timeout=seconds
            )
        else:
            raise ValueError("PORTAL_SCANNER_URL must be unix:/path or tcp://host:port.")

    def is_clean(self, data: bytes) -> bool:
        """Ask clamd. Raises `ScannerDown` for everything but a plain verdict."""
        try:
            verdict, _signature = self._client.instream(io.BytesIO(data))["stream"]
        except (clamd.ClamdError, OSError, KeyError, TypeError, ValueError) as error:
            raise ScannerDown(type(error).__name__) from error
        if verdict not in ("OK", "FOUND"):
            raise ScannerDown(str(verdict))
        return bool(verdict == "OK")

    def answers(self) -> bool:
        """Whether it is there at all."""
        try:
            return bool(self._client.ping() == "PONG")
        except (clamd.ClamdError, OSError, ValueError):
            return False


def scanner_at(url: str) -> Scanner | None:
    """The scanner of a setting; None where none is configured. Raises `ValueError`."""
    return ClamdScanner(url) if url else None


def is_reachable(url: str, seconds: int = 2) -> bool | None:
    """Whether the scanner of a setting answers; None where none is configured."""
    if not url:
        return None
    try:
        return ClamdScanner(url, seconds).answers()
    except ValueError:
        return False
