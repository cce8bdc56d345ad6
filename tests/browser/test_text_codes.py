"""Codes by text message in a real browser, by keyboard alone, through a gateway of the test's."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from portal.settings import Settings
from tests.browser.keyboard import KeyboardWalk
from tests.browser.steps import PASSWORD, keep_codes
from tests.support.accounts import make_account
from tests.support.gateway import Gateway
from tests.support.live import LivePortal
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
EMAIL = "morgan@example.org"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, gateway: Gateway) -> Settings:
    """The agency sends texts through a gateway that takes a form."""
    return dataclasses.replace(settings, text_url=gateway.url)


def newest_code(gateway: Gateway, number: int) -> str:
    """The digits of the newest message, once ``number`` of them have come."""
    wait_until(lambda: len(gateway.messages) >= number, f"{number} text messages")
    form = gateway.messages[-1]
    assert form["To"] == "+16175550112"
    found = re.search(r"your code is (\d{6})$", form["Body"])
    assert found is not None, form["Body"]
    return found[1]


def give_password(walk: KeyboardWalk) -> None:
    walk.open("/sign-in")
    walk.fill("E-mail address", EMAIL)
    walk.fill("Password", PASSWORD)
    walk.press("Sign in")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_phone_is_set_up_used_and_kept(
    chromium: Browser, live: LivePortal, gateway: Gateway, script: bool
) -> None:
    """REG-3, SES-6, PKY-3: confirmed by a code, asked for one at each sign-in and before changes,
    and never switched off while it is all there is."""
    make_account(live.context, email=EMAIL, password=PASSWORD, totp=False)
    walk = KeyboardWalk(chromium, live, width=360, script=script)
    set_up(walk, gateway)
    walk.press("Sign out")
    sign_in(walk, live, gateway)
    live.forward(6 * 60)
    authenticate(walk, gateway)
    walk.see("Codes by text message")
    walk.follow("Switch codes by text message off")
    walk.see("Switch codes by text message off")
    assert "only thing that protects" in walk.words()
    walk.close()


def set_up(walk: KeyboardWalk, gateway: Gateway) -> None:
    """As the first second factor, right after registration."""
    give_password(walk)
    walk.see("Protect your account")
    walk.follow("Use codes by text message")
    walk.see("Codes by text message")
    walk.fill("Cell phone number", "617")
    walk.press("Send a code")
    assert "such as 617-555-0123" in walk.words()
    walk.fill("Cell phone number", "617-555-0112")
    walk.press("Send a code")
    walk.see("Confirm your cell phone")
    code = newest_code(gateway, 1)
    walk.fill("Six-digit code", f"{(int(code) + 1) % 10**6:06}")
    walk.press("Confirm")
    assert "Enter the six digits of the newest message" in walk.words()
    walk.fill("Six-digit code", code)
    walk.press("Confirm")
    walk.see("Keep your recovery codes")
    keep_codes(walk)
    walk.open("/account")
    assert "Sent to (617) 555-0112" in walk.words()


def sign_in(walk: KeyboardWalk, live: LivePortal, gateway: Gateway) -> None:
    """Password, a button, a message; the page tells only how the number ends."""
    give_password(walk)
    walk.see("Get your code")
    assert len(gateway.messages) == 1
    walk.press("Send a code to the phone ending in 12")
    walk.see("Enter the code we sent")
    assert "555" not in walk.words()
    first = newest_code(gateway, 2)
    walk.press("Send a new code")
    walk.see("Enter the code we sent")
    second = newest_code(gateway, 3)
    if first != second:
        walk.fill("Six-digit code", first)
        walk.press("Continue")
        assert "Enter the six digits of the newest message" in walk.words()
    walk.fill("Six-digit code", second)
    walk.press("Continue")
    walk.open("/account")
    walk.see("Account")


def authenticate(walk: KeyboardWalk, gateway: Gateway) -> None:
    """Password and a fresh code before a change."""
    walk.open("/account/text-codes")
    walk.see("Show that it is you")
    walk.press("Send a code to the phone ending in 12")
    assert "We sent a code to your phone" in walk.words()
    walk.fill("Password", PASSWORD)
    walk.fill("Six-digit code", newest_code(gateway, 4))
    walk.press("Continue")
