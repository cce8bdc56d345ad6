"""Every page that one person can reach by links, to be held against itself later on."""

from __future__ import annotations

from tests.support.page import Page
from tests.support.tokens import without_form_ids


def walk(page: Page, *starts: str) -> dict[str, str]:
    """Every page and file that links reach from these addresses, ids of forms apart."""
    seen: dict[str, str] = {}
    queue = list(starts)
    while queue:
        path = queue.pop().split("#")[0]
        if path in seen or not path.startswith("/") or path.startswith("/static"):
            continue
        found = page.get(path)
        seen[path] = without_form_ids(found.text)
        queue += found.links().values() if found.is_html else []
    return seen
