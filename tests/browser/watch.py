"""A browser in which whatever runs, or has to be stopped, is counted."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Dialog

from tests.browser.planted import Planted
from tests.browser.steps import Walk

LISTEN = """
window.__violations = [];
addEventListener('securitypolicyviolation', it => window.__violations.push(it.violatedDirective));
"""
SETTLED = (
    "[window.__ran || 0, window.__violations.length, document.querySelectorAll('#planted').length]"
)
A_FEW = 4


class Watch:
    """One person's browser; what runs, is stopped by the policy, or opens a dialog is counted."""

    def __init__(self, walk: Walk, who: str, planted: Planted) -> None:
        self.walk, self.page = walk, walk.page
        self.who, self.planted = who, planted
        self.dialogs: list[str] = []
        self.seen: set[str] = set()
        self.page.add_init_script(LISTEN)
        self.page.on("dialog", self._dialog)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def look(self, path: str | None = None) -> None:
        """Nothing ran on this page, and nothing had to be stopped."""
        if path is not None:
            self.page.goto(path)
        self.page.wait_for_load_state("load")
        assert self.page.evaluate(SETTLED) == [0, 0, 0], self.page.url
        assert self.page.locator("body").is_visible()
        assert self.dialogs == []
        assert self.walk.complaints == [], f"{self.page.url}: {self.walk.complaints}"
        assert "7777777" not in self.page.content()
        self.seen.add(self.path)
        self.planted.read(self.who, self.page.locator("body").inner_text())

    def press(self, name: str) -> None:
        """Press a button, and look."""
        self.walk.press(name)
        self.look()

    def follow(self, name: str) -> None:
        """Follow a link, and look."""
        self.walk.follow(name)
        self.look()

    def fill(self, name: str, value: str) -> None:
        """Fill the one field of a name."""
        self.page.locator(f"main [name={name}]").fill(value)

    def look_around(self, *starts: str, most: int = 40) -> None:
        """Every page that links lead to from here, files apart, and a few of all the payments."""
        waiting, walked, payments = list(starts), set[str](), 0
        while waiting and len(walked) < most:
            path = waiting.pop(0)
            payments += "/payments/" in path
            if path in walked or ("/payments/" in path and payments > A_FEW):
                continue
            self.look(path)
            walked.add(path)
            hrefs = self.page.eval_on_selector_all("main a[href]", "it => it.map(a => a.href)")
            own = [urlsplit(it) for it in hrefs if it.startswith(self.walk.live.base_url)]
            assert not [it for it in hrefs if it.startswith("javascript:") or "evil" in it]
            waiting += [it.path for it in own if not _is_file(it.path)]


def _is_file(path: str) -> bool:
    own_evidence = path.startswith("/requests/") and "/evidence/" in path
    return own_evidence or path.endswith((".csv", ".pdf", "/file"))
