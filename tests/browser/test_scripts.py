"""The small scripts, in a real browser under the real policy; and the same deeds without them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from tests.browser.steps import PATIENCE
from tests.support.live import LivePortal

HARMLESS = "https://www.weather.gov/"


def context_of(browser: Browser, live: LivePortal, *, script: bool = True) -> BrowserContext:
    context = browser.new_context(base_url=live.base_url, java_script_enabled=script)
    context.set_default_timeout(PATIENCE)

    def weather(route: Route) -> None:
        route.fulfill(body="<title>Weather</title>", content_type="text/html")

    context.route(f"{HARMLESS}**", weather)
    return context


@pytest.fixture
def page(chromium: Browser, live: LivePortal) -> Iterator[Page]:
    context = context_of(chromium, live)
    yield context.new_page()
    context.close()


def posts(page: Page) -> list[str]:
    """The addresses that this page posts forms to from now on; passkeys ask by themselves."""
    found: list[str] = []

    def listen(request: Request) -> None:
        if request.method == "POST" and "/passkey/" not in request.url:
            found.append(request.url)

    page.on("request", listen)
    return found


def test_one_tap_leaves_and_takes_the_page_out_of_the_history(page: Page, live: LivePortal) -> None:
    sent = posts(page)
    page.goto("/privacy")
    page.goto("/sign-in")
    page.get_by_role("button", name="Leave this site").click()
    page.wait_for_url(f"{HARMLESS}**")
    page.wait_for_timeout(200)
    assert sent == [f"{live.base_url}/leave"]
    page.go_back()
    assert page.url == f"{live.base_url}/privacy"


def test_escape_leaves(page: Page) -> None:
    page.goto("/privacy")
    page.keyboard.press("Escape")
    page.wait_for_url(f"{HARMLESS}**")


def test_in_a_box_the_first_escape_is_the_browsers_and_the_second_leaves(page: Page) -> None:
    page.goto("/sign-in")
    page.locator("#email").fill("pat@example.org")
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    assert page.url.endswith("/sign-in")
    assert page.locator("#email").input_value() == "pat@example.org"
    page.keyboard.press("Escape")
    page.wait_for_url(f"{HARMLESS}**")


def test_leaving_without_a_script(chromium: Browser, live: LivePortal) -> None:
    context = context_of(chromium, live, script=False)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_role("button", name="Leave this site").click()
    page.wait_for_url(f"{HARMLESS}**")
    context.close()


def test_after_the_cookies_are_gone_what_was_typed_can_be_copied(
    chromium: Browser, live: LivePortal
) -> None:
    """SES-3, CSR-1: the browser itself says that a page of ours sent it; the password stays away."""
    context = context_of(chromium, live, script=False)
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("#email").fill("words of mine")
    page.locator("#password").fill("a secret of mine")
    context.clear_cookies()
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("h1")).to_have_text("This page was open too long")
    assert page.locator("textarea").input_value() == "words of mine"
    assert "a secret of mine" not in page.content()
    page.get_by_role("link", name="Open the page again").click()
    expect(page).to_have_url(f"{live.base_url}/sign-in")
    context.close()


def test_leaving_from_a_page_left_open_is_known_as_our_own(
    chromium: Browser, live: LivePortal
) -> None:
    """SES-2: the token of the page is of no use any more; the browser says whose page it is."""
    context = context_of(chromium, live, script=False)
    page = context.new_page()
    page.goto("/sign-in")
    context.clear_cookies()
    with page.expect_response(f"{live.base_url}/leave") as answered:
        page.get_by_role("button", name="Leave this site").click()
    assert "cookies" in (answered.value.header_value("Clear-Site-Data") or "")
    page.wait_for_url(f"{HARMLESS}**")
    context.close()


def test_three_presses_send_a_form_once(page: Page) -> None:
    page.goto("/sign-in")
    sent = posts(page)
    page.evaluate("""() => {
        const button = document.querySelector("main form button[type=submit]");
        for (let i = 0; i < 3; i++) button.click();
    }""")
    page.locator(".error-summary").wait_for()
    assert len(sent) == 1
    page.locator(".error-summary:focus").wait_for()


def test_a_password_is_shown_on_demand_and_hidden_again_when_sent(page: Page) -> None:
    page.goto("/sign-in")
    box = page.locator("#password")
    box.fill("correct horse")
    page.get_by_role("button", name="Show password").click()
    assert box.get_attribute("type") == "text"
    page.get_by_role("button", name="Hide password").click()
    assert box.get_attribute("type") == "password"
