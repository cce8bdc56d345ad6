"""What stands on paper when a custodial parent prints her pages (PRV-3)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.feeds.load import load
from tests.support.accounts import make_account, sign_in
from tests.support.extract import two_households
from tests.support.live import LivePortal
from tests.support.page import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_print_does_not_name_a_federal_tax_refund(
    live: LivePortal, chromium: Browser, tmp_path: Path, scripts: bool
) -> None:
    """On the screen it does; the sheet says *enforcement or other*, scripts or not."""
    load(live.context, two_households().builder.write(tmp_path / "extract"))
    page = Page(live.app)
    sign_in(page, make_account(live.context, participant_id="A"))
    base = page.get("/cases").path
    listed = page.get(f"{base}/payments")
    one = listed.links()["Nov 16, 2026"]
    month = page.get(f"{base}/how-we-got-here/2026-08").links()
    line = next(href for name, href in month.items() if "Aug 12, 2026" in name)
    browsing = chromium.new_context(java_script_enabled=scripts)
    for cookie in page.client._cookies.values():
        browsing.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live.base_url}])
    tab = browsing.new_page()
    for address in (f"{base}/payments", one, line):
        tab.goto(live.base_url + address)
        main = tab.locator("main")
        tab.emulate_media(media="screen")
        assert "Federal tax refund" in main.inner_text()
        assert (
            "Enforcement or other"
            not in main.inner_text().replace("All sources", "").split("Payments received")[-1]
        )
        tab.emulate_media(media="print")
        assert "ederal" not in main.inner_text()
        assert "Enforcement or other" in main.inner_text()
    browsing.close()


def test_on_paper_every_year_of_the_ledger_is_unfolded(
    live: LivePortal, chromium: Browser, tmp_path: Path
) -> None:
    """What is folded away on the screen is wanted on paper; the drawings are there too."""
    load(live.context, two_households().builder.write(tmp_path / "extract"))
    page = Page(live.app)
    sign_in(page, make_account(live.context, participant_id="A"))
    browsing = chromium.new_context(java_script_enabled=False)
    for cookie in page.client._cookies.values():
        browsing.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live.base_url}])
    tab = browsing.new_page()
    refused: list[str] = []
    tab.on("console", lambda message: refused.append(message.text))
    tab.goto(live.base_url + page.get("/cases").path + "/how-we-got-here")
    old = tab.get_by_text("Owed on November 22, 2022", exact=False).last
    assert not old.is_visible()
    tab.emulate_media(media="print")
    assert old.is_visible()
    assert tab.locator("figure svg").first.is_visible()
    browsing.close()
    assert refused == []
