"""Text that a spreadsheet would calculate is led by an apostrophe (INJ-3).

What stands before the sign and is not seen does not help it, nor does an apostrophe of its own: it
is led by one more, so that our guard can be taken off again and leaves what was there.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(
    r"['\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|['\x20]*[\t\r\n]"
)
"""Also the wide signs of East Asian keyboards, which some spreadsheets take for the plain ones."""


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """A text as it was before it was guarded."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
