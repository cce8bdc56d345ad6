"""A walk with the keyboard alone: Tab to what one wants, Enter to press it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator

from tests.browser.steps import Walk

FURTHEST = 60
"""Presses of Tab to anything on a page."""


class KeyboardWalk(Walk):
    """As :class:`Walk`, but nothing is clicked, and what has the focus shows it."""

    def press(self, name: str) -> None:
        self.reach(self.page.get_by_role("button", name=re.compile(f"^{name}")).first)
        self._enter()

    def follow(self, name: str) -> None:
        self.reach(self.page.get_by_role("link", name=re.compile(f"^{name}")).first)
        self._enter()

    def fill(self, label: str, text: str) -> None:
        self.reach(self.page.get_by_label(re.compile(f"^{label}")).first)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def _enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def reach(self, wanted: Locator) -> None:
        """Press Tab until it has the focus, and see that the focus can be seen."""
        wanted.wait_for()
        for _ in range(FURTHEST):
            if wanted.evaluate("e => e === document.activeElement"):
                shown = wanted.evaluate(
                    "e => { const s = getComputedStyle(e);"
                    " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
                )
                assert shown, f"{self.page.url}: nobody sees that {wanted} has the focus"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: no way to {wanted} by Tab")
