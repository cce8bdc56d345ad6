"""The end of a session and the warning before it: SES-3, CSR-1."""

from __future__ import annotations

import json
import re

import pytest

from portal.context import Context
from tests.support.accounts import TestAccount, make_account, sign_in
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.page_rules import attributes

ADDRESS = "/account/still-here"


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context)


@pytest.fixture
def me(page: Page, account: TestAccount, clock: Clock) -> Page:
    sign_in(page, account, clock, follow=False)
    page.get("/account")
    return page


def left(page: Page) -> int:
    """What a page learns that asks by itself."""
    return int(json.loads(page.get(ADDRESS).text)["seconds"])


def press(page: Page) -> int:
    return int(json.loads(page.post(ADDRESS).text)["seconds"])


def test_asking_how_long_is_left_keeps_nothing_alive(me: Page, clock: Clock) -> None:
    """SES-3: background polling does not keep alive."""
    for minute in range(1, 16):
        clock.forward(minutes=1)
        assert left(me) == (15 - minute) * 60
    clock.forward(seconds=1)
    assert me.get("/account").h1 == "Sign in"


def test_the_press_of_stay_signed_in_does(me: Page, clock: Clock) -> None:
    """SES-3."""
    clock.forward(minutes=14)
    assert press(me) == 15 * 60
    clock.forward(minutes=14)
    assert me.get("/account").h1 == "Account"


def test_a_press_comes_too_late_after_the_end(me: Page, clock: Clock) -> None:
    """SES-2, SES-3: what has ended stays ended."""
    clock.forward(minutes=15, seconds=1)
    assert press(me) == 0
    assert left(me) == 0
    assert me.get("/account").h1 == "Sign in"


def test_the_press_wants_a_token(me: Page) -> None:
    """CSR-1."""
    assert me.post(ADDRESS, csrf=False).status == 400


def test_no_press_moves_the_overall_limit(me: Page, clock: Clock) -> None:
    """SES-3: twelve hours from the sign-in, whatever is pressed."""
    for _ in range(12 * 6 - 1):
        clock.forward(minutes=10)
        seconds = press(me)
    assert seconds <= 10 * 60
    clock.forward(minutes=10, seconds=1)
    assert me.get("/account").h1 == "Sign in"


def test_each_page_says_in_words_when_the_session_ends(me: Page, clock: Clock) -> None:
    """SES-3: for whoever has no script; and what the script needs stands beside it."""
    seen = me.get("/account")
    said = re.search(r"sign you out if you open no other page by ([^<]+)\.</p>", seen.text)
    assert said is not None
    assert said[1].startswith("Nov 22, 2026, 10:15")
    assert "http-equiv" not in seen.text
    (dialog,) = seen.document.query("dialog")
    assert attributes(dialog)["data-idle"] == "900"
    assert attributes(dialog)["data-warning"] == "150"


def test_what_is_said_holds_within_the_minute_in_which_nothing_is_written(
    me: Page, clock: Clock
) -> None:
    """SES-3: the last use is written once a minute; the page promises no more than that."""
    clock.forward(seconds=40)
    (dialog,) = me.get("/account").document.query("dialog")
    assert attributes(dialog)["data-idle"] == "860"


def test_a_visitor_is_not_warned(page: Page) -> None:
    assert not page.get("/sign-in").document.query("dialog")
    assert left(page) == 0
    assert press(page) == 0
