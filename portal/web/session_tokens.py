"""What is derived from a cookie's token and from whose session it is; nothing of it leads back."""

from __future__ import annotations

import hashlib
import hmac


def digest_of(token: str) -> str:
    """What a session's row keeps in place of the cookie's token (SES-1)."""
    return hashlib.sha256(token.encode()).hexdigest()


def successor_of(token: str) -> str:
    """What the row of an ended session keeps: the cookie that this browser got in place of its own.

    No cookie's digest looks like this, so no session is ever opened with it (SES-2).
    """
    return f"ended:{digest_of(token)[:58]}"


def csrf_token(token: str, account_id: str | None) -> str:
    """A token bound to the cookie, with the mark of whose page it stands on (CSR-1).

    The cookie's token is the secret; no key of ours goes in, so that a page that is open while keys
    are changed can still be sent (KEY-3). Flask-WTF signs what it makes of it.
    """
    own = hmac.new(token.encode(), b"portal.csrf", hashlib.sha256).hexdigest()
    return f"{own}.{mark_of(account_id)}"


def mark_of(account_id: str | None) -> str:
    """What stands for an account in a CSRF token; empty for a visitor."""
    return digest_of(f"portal.owner:{account_id}")[:32] if account_id else ""
