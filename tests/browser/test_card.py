"""The printed card in a real browser: made, printed, proved, and asked for by number."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from playwright.sync_api import Browser

from tests.browser.keyboard import KeyboardWalk
from tests.browser.steps import PASSWORD, keep_codes
from tests.support.accounts import make_account
from tests.support.live import LivePortal
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
EMAIL = "morgan@example.org"
HIDDEN_ON_PAPER = ("header", "footer", "nav", "main .no-print", "main a", "main button")


def give_password(walk: KeyboardWalk) -> None:
    walk.open("/sign-in")
    walk.fill("E-mail address", EMAIL)
    walk.fill("Password", PASSWORD)
    walk.press("Sign in")


def type_asked(walk: KeyboardWalk, codes: list[str]) -> int:
    """Look at the page for the number, and at the card for the code beside it."""
    found = re.search(r"Code number (\d+) from your card", walk.words())
    assert found is not None, walk.words()
    number = int(found[1])
    walk.fill("Code number", codes[number - 1].lower())
    walk.press("Continue")
    return number


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_card_is_printed_and_opens_the_account(
    chromium: Browser, live: LivePortal, width: int, script: bool
) -> None:
    """RCV-1, OTP-1, SES-6: by keyboard alone, with neither phone nor app."""
    make_account(live.context, email=EMAIL, password=PASSWORD, totp=False)
    walk = KeyboardWalk(chromium, live, width=width, script=script)
    codes = set_up(walk)
    keep_codes(walk)
    walk.open("/account/card")
    assert "19 codes are left" in walk.words()
    walk.press("Sign out")

    give_password(walk)
    walk.see("Enter a code from your card")
    walk.fill("Code number", "ABCD-EFGH")
    walk.press("Continue")
    assert "type the code beside it" in walk.words()
    used = type_asked(walk, codes)

    live.forward(6 * 60)
    walk.open("/account/card/codes")
    walk.see("Show that it is you")
    walk.fill("Password", PASSWORD)
    assert type_asked(walk, codes) != used
    walk.see("Make a card")
    walk.open("/account/card/removal")
    assert "only thing that protects" in walk.words()
    wait_until(lambda: len(live.mails(EMAIL)) >= 1, "the mail about the card")
    walk.close()


def set_up(walk: KeyboardWalk) -> list[str]:
    """As the first second factor; returns the codes as they stand on the paper."""
    give_password(walk)
    walk.see("Protect your account")
    walk.press("Use a printed card")
    walk.see("Your card of codes")
    codes = walk.page.locator(".card-codes code").all_inner_texts()
    assert len(set(codes)) == 20
    look_at_the_paper(walk, codes)
    walk.follow("I have the card")
    walk.see("Type a code from your card")
    assert codes[0] not in walk.words()
    type_asked(walk, codes)
    walk.see("Keep your recovery codes")
    return codes


def look_at_the_paper(walk: KeyboardWalk, codes: list[str]) -> None:
    """Twenty numbered codes on one sheet, and nothing that tells what they open."""
    page = walk.page
    page.emulate_media(media="print")
    for what in HIDDEN_ON_PAPER:
        for found in page.locator(what).all():
            assert not found.is_visible(), f"{what} is printed: {found.inner_text()!r}"
    printed = " ".join(page.locator("body").inner_text().split())
    assert all(code in printed for code in codes)
    for told in (EMAIL, "Case Manager", "Massachusetts", "support", "parent", "password"):
        assert told not in printed, told
    with pikepdf.open(io.BytesIO(page.pdf(format="Letter"))) as sheet:
        assert len(sheet.pages) == 1
    page.emulate_media(media="screen")
    assert page.locator("main .no-print").first.is_visible()
