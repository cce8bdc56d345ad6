"""Pages without the random letters in them: to be held against each other, and to be searched."""

from __future__ import annotations

import re

_FORM_ID = re.compile(r'(name="(?:csrf_token|once)" value=")[^"]*')
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43,}")


def without_form_ids(html: str) -> str:
    """A page without what is new each time it is opened: the ids of its forms."""
    return _FORM_ID.sub(r"\1", html)


def without_tokens(text: str) -> str:
    """A page or mail without any opaque id, in which a short word can stand by chance."""
    return _TOKEN.sub("TOKEN", without_form_ids(text))
