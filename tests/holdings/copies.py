"""Copies saved through the page."""

from __future__ import annotations

import json
from typing import Any

from tests.support.page import Page, Seen

ADDRESS = "/account/everything-we-hold"


def save(page: Page, kind: str = "json") -> Seen:
    """Open the page and press one of its buttons."""
    assert page.get(ADDRESS).h1 == "Everything we hold about you"
    return page.submit(ADDRESS, **{kind: "1"})


def everything(page: Page) -> dict[str, Any]:
    """What the JSON file says."""
    seen = save(page)
    assert seen.status == 200
    found: dict[str, Any] = json.loads(seen.body)
    return found
