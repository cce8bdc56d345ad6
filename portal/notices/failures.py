"""Why a mail did not go out."""

from __future__ import annotations


class MailFailed(Exception):
    """A mail did not go out. ``reason`` is a code; ``down`` means that no other would either."""

    def __init__(self, reason: str, *, down: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.down = down
