"""No page scrolls sideways, from a phone to a desk, on the widths between which the layout changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.feeds.load import load
from tests.cases.family import every_page
from tests.support.accounts import make_account, sign_in
from tests.support.extract import two_households
from tests.support.live import LivePortal
from tests.support.page import Page, Seen

pytestmark = pytest.mark.browser
WIDTHS = (320, 360, 480, 640, 768, 960, 1024, 1280)
TOO_WIDE = """() => Math.max(
    document.documentElement.scrollWidth - window.innerWidth,
    ...[...document.querySelectorAll("main *")]
        .filter(it => ["auto", "scroll"].includes(getComputedStyle(it).overflowX))
        .map(it => it.scrollWidth - it.clientWidth))"""
"""By how many pixels the page, or anything on it that scrolls by itself, is wider than it may be."""
REQUESTS = ("/requests", "/requests/new", "/account")
ALIKE = ("/payments/", "/how-we-got-here/", "/lines/")
"""Pages of which there are many: those with the most on them are enough."""


def one_of_each(pages: Mapping[str, Seen]) -> list[str]:
    """The addresses of a person's pages, and of those that look alike three."""
    shown = [it for it, seen in pages.items() if seen.is_html]
    found = [it for it in shown if not any(part in it for part in ALIKE)]
    for part in ALIKE:
        alike = [it for it in shown if part in it]
        found += sorted(alike, key=lambda it: -len(pages[it].text))[:3]
    return found


@pytest.mark.parametrize("person", ["P", "A"])
def test_no_case_page_scrolls_sideways(
    live: LivePortal, chromium: Browser, tmp_path: Path, person: str
) -> None:
    """The payor's tables are the widest: large amounts, long names of employers and categories."""
    builder = two_households().builder
    for number, row in enumerate(builder.rows["payments.csv"]):
        row["payer_name"] = "Consolidated Northeastern Freight Forwarding & Warehousing Inc"
        row["reference"] = f"INTERNATIONAL-REFERENCE-{number:010d}"
    parts = {("C1", "current_support"): "120000.00", ("C1", "arrears"): "98765.43",
             ("C2", "penalty"): "12345.67", ("C1", "interest"): "1.00"}  # fmt: skip
    builder.payment("P", "2026-11-19", "231112.10", parts, source="insurance_settlement")
    load(live.context, builder.write(tmp_path / "extract"))
    page = Page(live.app)
    sign_in(page, make_account(live.context, participant_id=person))
    addresses = one_of_each(every_page(page))
    browsing = chromium.new_context(base_url=live.base_url)
    for cookie in page.client._cookies.values():
        browsing.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live.base_url}])
    tab = browsing.new_page()
    wide = []
    for address in (*addresses, *REQUESTS):
        tab.goto(address)
        heading = tab.locator("h1").inner_text()
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 900})
            over = tab.evaluate(TOO_WIDE)
            if over > 0:
                wide.append((heading, width, over))
    browsing.close()
    assert wide == []
