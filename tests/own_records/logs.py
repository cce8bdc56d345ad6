"""Logs kept through the pages."""

from __future__ import annotations

from typing import Any

from tests.support.page import Page, Seen


def records(page: Page, case: int = 0) -> str:
    """The address of the log of the person's case."""
    seen = page.get("/cases")
    if case:
        links = [href for name, href in seen.links().items() if name.startswith("Case C")]
        seen = page.get(links[case])
    return seen.path + "/own-records"


def add(page: Page, on: str, amount: str, how: str | None = None, **fields: Any) -> Seen:
    """Add a payment by hand; where it leads."""
    page.get(f"{records(page)}/new")
    if how is not None:
        fields["how"] = how
    return page.submit("/new", on=on, amount=amount, **fields)
