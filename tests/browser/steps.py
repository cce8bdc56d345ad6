"""What a person does on the pages, by the words they see."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.authenticator import code_at
from tests.support.live import LivePortal
from tests.support.tokens import without_tokens

AXE = Axe()
PATIENCE = 30_000
"""The milliseconds that a busy machine is given."""
_good: set[tuple[str, str]] = set()
"""Width and source of the pages that axe found nothing wrong with: many walks pass the same ones."""
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


class Walk:
    """One browser of one person; every page it stops at is checked."""

    def __init__(self, browser: Browser, live: LivePortal, *, width: int, script: bool) -> None:
        self.live = live
        self.script = script
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            base_url=live.base_url,
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.checked: list[str] = []

    def _listen(self, message: object) -> None:
        kind, text = message.type, message.text  # type: ignore[attr-defined]
        if kind == "error" and "status of 4" not in text:
            self.complaints.append(text)

    def close(self) -> None:
        self.context.close()

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.check()

    def see(self, heading: str) -> None:
        """We are on the page with this h1, or come to it now."""
        begins = re.compile(rf"^\s*{re.escape(heading)}")
        expect(self.page.locator("h1")).to_have_text(begins)
        self.check()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=re.compile(f"^{name}")).first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(re.compile(f"^{label}")).first.fill(text)

    def tick(self, label: str) -> None:
        self.page.locator("label", has_text=re.compile(f"^\\s*{label}")).first.click()

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(re.compile(f"^{label}")).first.select_option(label=option)

    def words(self) -> str:
        return " ".join(self.page.locator("main").inner_text().split())

    def check(self) -> None:
        """No complaint of the browser, no sideways scrolling, nothing axe finds wrong."""
        page = self.page
        page.wait_for_load_state()
        assert self.complaints == [], f"{page.url}: {self.complaints}"
        if not self.script:
            return
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide"
        seen = (str(page.viewport_size), without_tokens(page.content()))
        if page.url not in self.checked and seen not in _good:
            page.evaluate("scrollTo(0, 0)")  # what the bar on top covers depends on the scrolling
            found = AXE.run(page, options=WCAG)
            assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
            _good.add(seen)
        self.checked.append(page.url)


def register(
    walk: Walk, now: Callable[[], float], *, ssn: str, pin: str, born: str, email: str
) -> str:
    """From the first page to the first case page; returns the authenticator's secret."""
    walk.open("/")
    walk.follow("Create your account")
    walk.see("Who you are")
    walk.press("Continue")
    assert "Enter your Social Security number" in walk.words()
    walk.fill("Social Security number", ssn)
    walk.fill("PIN", pin)
    walk.fill("Date of birth", born)
    walk.press("Continue")
    walk.see("How we reach you")
    walk.fill("E-mail address", email)
    walk.tick("Cell phone number not available")
    walk.press("Continue")
    walk.see("Choose a password")
    walk.fill("New password", PASSWORD)
    walk.press("Continue")
    walk.see("Security hint")
    walk.page.locator("main select").select_option(index=2)
    walk.fill("Your answer", "tante klara")
    walk.press("Continue")
    walk.see("Check your mail")
    walk.open(walk.live.link_to(email))
    walk.see("Confirm your e-mail")
    walk.fill("Password", PASSWORD)
    walk.press("Confirm")
    walk.see("Protect your account")
    walk.press("Use an authenticator app")
    walk.see("Scan this picture")
    secret = walk.page.locator(".secret").inner_text()
    walk.fill("Six-digit code", code_at(secret, now()))
    walk.press("Continue")
    walk.see("Keep your recovery codes")
    assert len(walk.page.locator("main ol li").all()) == 10
    keep_codes(walk)
    walk.see("Your case")
    return secret


def keep_codes(walk: Walk) -> None:
    """Type one of the recovery codes on the page back."""
    code = walk.page.locator(".codes code").nth(3).inner_text()
    walk.follow("I have kept them")
    walk.see("Type one of your recovery codes")
    walk.fill("Recovery code", code)
    walk.press("Continue")


PASSWORD = "correct horse battery 42"


def photo(folder: Path) -> Path:
    """A photo as a phone takes it, with the place it was taken (UPL-4)."""
    image = Image.effect_noise((900, 1200), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "CanaryPhone"
    exif.get_ifd(0x8825)[2] = (42.0, 21.0, 30.0)
    path = folder / "pay stub.jpg"
    image.save(path, exif=exif)
    return path


def pdf(folder: Path) -> Path:
    path = folder / "order.pdf"
    made = pikepdf.new()
    made.add_blank_page(page_size=(612, 792))
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    made.save(path)
    return path
