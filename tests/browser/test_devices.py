"""The pages about devices and about what somebody else did, in a real browser and by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.steps import Walk
from tests.support.accounts import PASSWORD, TestAccount, make_account
from tests.support.authenticator import code_at
from tests.support.live import LivePortal


@pytest.fixture
def account(live: LivePortal) -> TestAccount:
    return make_account(live.context)


@pytest.fixture
def browser_of(chromium: Browser, live: LivePortal) -> Iterator[Callable[[int], Walk]]:
    opened: list[Walk] = []

    def make(width: int) -> Walk:
        opened.append(Walk(chromium, live, width=width, script=True))
        return opened[-1]

    yield make
    for walk in opened:
        walk.close()


def sign_in(walk: Walk, account: TestAccount) -> None:
    walk.open("/sign-in")
    walk.fill("E-mail address", account.email)
    walk.fill("Password", PASSWORD)
    walk.press("Sign in")
    walk.live.forward(30)
    now = walk.live.context.now().timestamp()
    walk.fill("Six-digit code", code_at(account.totp_secret or "", now))
    walk.press("Continue")


def test_another_device_is_seen_and_signed_out(
    browser_of: Callable[[int], Walk], account: TestAccount
) -> None:
    """SES-4: on a phone; the other browser is out at its next step."""
    laptop, phone = browser_of(1280), browser_of(390)
    sign_in(laptop, account)
    sign_in(phone, account)
    phone.open("/account/devices")
    phone.see("Your devices")
    assert phone.words().count("Last used") == 2
    phone.press("Sign out ?: Chrome")
    phone.see("Your devices")
    assert "That device was signed out" in phone.words()
    laptop.page.goto("/account")
    laptop.see("Sign in")


def test_this_was_not_me_from_the_mail_to_a_new_password(
    browser_of: Callable[[int], Walk], account: TestAccount
) -> None:
    """LNK-6: the mail about a new device, the press, and the way to a new password."""
    owner, thief = browser_of(390), browser_of(1280)
    sign_in(owner, account)
    sign_in(thief, account)
    owner.open(owner.live.link_to(account.email))
    owner.see("Was this not you?")
    owner.press("This was not me")
    owner.see("Everyone was signed out")
    thief.open("/sign-in")
    thief.fill("E-mail address", account.email)
    thief.fill("Password", PASSWORD)
    thief.press("Sign in")
    thief.see("Check your mail")
    owner.page.goto(owner.live.link_to(account.email, 2))
    owner.see("Answer your security question")
    owner.open("/not-me")
    owner.see("This link does not work any more")
