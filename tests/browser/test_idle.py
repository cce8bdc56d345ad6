"""The warning before a session ends, in a real browser: SES-3, by keyboard and in its words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.steps import Walk
from tests.support.accounts import PASSWORD, TestAccount, make_account
from tests.support.authenticator import code_at
from tests.support.live import LivePortal


@pytest.fixture
def account(live: LivePortal) -> TestAccount:
    return make_account(live.context)


@pytest.fixture
def walk(chromium: Browser, live: LivePortal, account: TestAccount) -> Iterator[Walk]:
    """Signed in, with a half-typed phone number; the browser's clock is the test's to move."""
    walk = Walk(chromium, live, width=390, script=True)
    walk.page.clock.install()
    sign_in(walk, account)
    walk.open("/account/phone")
    walk.fill("Cell phone number", "617 555 0177")
    yield walk
    walk.close()


def sign_in(walk: Walk, account: TestAccount) -> None:
    if "/sign-in" not in walk.page.url:
        walk.open("/sign-in")
    walk.fill("E-mail address", account.email)
    walk.fill("Password", PASSWORD)
    walk.press("Sign in")
    walk.live.forward(30)
    walk.fill(
        "Six-digit code", code_at(account.totp_secret or "", walk.live.context.now().timestamp())
    )
    walk.press("Continue")


def pass_time(walk: Walk, minutes: float) -> None:
    """For the server and for the page."""
    walk.live.forward(minutes * 60)
    walk.page.clock.fast_forward(int(minutes * 60_000))


def test_staying_signed_in_by_keyboard(walk: Walk) -> None:
    """SES-3: warned 2.5 minutes before; focus goes into the question and comes back."""
    page, dialog = walk.page, walk.page.get_by_role("dialog")
    pass_time(walk, 11)
    expect(dialog).to_be_hidden()
    pass_time(walk, 1.3)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button")).to_have_count(3)
    expect(dialog).to_have_accessible_name("Do you want to stay signed in?")
    assert page.evaluate("document.activeElement.textContent") == "Stay signed in"
    expect(dialog.get_by_role("status")).to_contain_text("Time left: 2:")
    walk.check()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.activeElement.name") == "phone"
    assert page.locator("#phone").input_value() == "617 555 0177"
    pass_time(walk, 11)
    expect(dialog).to_be_hidden()


def test_escape_stays_and_a_second_escape_leaves(walk: Walk) -> None:
    """SES-3: a first Escape answers the question, as in every window of its kind."""
    page, dialog = walk.page, walk.page.get_by_role("dialog")
    pass_time(walk, 13)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.url.endswith("/account/phone")
    pass_time(walk, 13)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Leave this site")).to_be_visible()


def test_at_the_end_the_sign_in_page_takes_over_and_the_draft_is_kept(
    walk: Walk, account: TestAccount
) -> None:
    """SES-3, CSR-1: nothing was changed meanwhile, nothing is to be seen by going back, and what
    was typed is there again after signing in."""
    page = walk.page
    pass_time(walk, 13)
    expect(page.get_by_role("dialog")).to_be_visible()
    pass_time(walk, 2.1)
    page.wait_for_url(re.compile(r"/sign-in\?"))
    expect(page.locator("h1")).to_have_text("Sign in")
    walk.see("Sign in")
    assert "What you typed is kept" in walk.words()
    sign_in(walk, account)
    walk.see("Change your cell phone")
    assert page.locator("#phone").input_value() == "617 555 0177"
    walk.open("/account")
    assert "0177" not in walk.words()


def test_another_page_of_the_session_keeps_this_one_quiet(walk: Walk) -> None:
    """SES-3: a page asks before it warns; asking keeps nothing alive."""
    walk.live.forward(11 * 60)
    other = walk.context.new_page()
    other.goto("/account")
    other.close()
    walk.live.forward(100)
    walk.page.clock.fast_forward(760_000)
    walk.page.wait_for_timeout(300)
    expect(walk.page.get_by_role("dialog")).to_be_hidden()
