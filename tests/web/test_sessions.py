"""Sessions end by the clock and on the server (SES-2, SES-3), and leave nothing behind (CCH-1)."""

from __future__ import annotations

import pytest
from flask_login import encode_cookie
from sqlalchemy import select

from portal.accounts.jobs import sweep
from portal.context import Context
from portal.web.models import SessionRow
from portal.web.sessions import end_sessions
from tests.support.accounts import TestAccount, give_password, make_account, sign_in
from tests.support.clock import Clock
from tests.support.page import Page


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context)


def is_signed_in(page: Page) -> bool:
    return page.get("/account", follow=False).status == 200


def test_fifteen_idle_minutes_end_a_session(page: Page, account: TestAccount, clock: Clock) -> None:
    """SES-3: each page opened begins them anew."""
    sign_in(page, account, clock)
    for _ in range(4):
        clock.forward(minutes=13)
        assert is_signed_in(page)
    clock.forward(minutes=15, seconds=1)
    answer = page.get("/account", follow=False)
    assert answer.headers["Location"].startswith("/sign-in?next=")
    assert "ended=1" in answer.headers["Location"]


def test_a_session_ends_after_twelve_hours_however_busy(
    page: Page, account: TestAccount, clock: Clock
) -> None:
    """SES-3"""
    sign_in(page, account, clock)
    began = clock()
    while (clock() - began).total_seconds() < 12 * 3600 - 600:
        assert is_signed_in(page)
        clock.forward(minutes=10)
    clock.forward(minutes=10, seconds=1)
    assert not is_signed_in(page)


def test_half_a_sign_in_ends_by_the_clock_too(
    page: Page, account: TestAccount, clock: Clock
) -> None:
    """SES-3, OTP-5: the right code comes too late."""
    give_password(page, account)
    clock.forward(minutes=16)
    page.submit("/sign-in/code", code=account.totp_now(clock))
    assert not is_signed_in(page)


def test_an_ended_row_never_lives_again_and_holds_nothing(
    page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    """SES-2: ended on the server, the cookie and all that the session held are dead."""
    sign_in(page, account, clock)
    with context.database.transaction() as session:
        assert end_sessions(session, account.id, clock()) >= 1
    assert not is_signed_in(page)
    with context.database.session() as session:
        rows = session.scalars(select(SessionRow).where(SessionRow.account_id == account.id)).all()
        assert [row.data for row in rows if row.ended_at] == [None] * len(rows)


@pytest.mark.parametrize("button", ["/sign-out", "/leave"])
def test_leaving_ends_the_session_and_tells_the_browser_to_forget(
    page: Page, account: TestAccount, clock: Clock, button: str
) -> None:
    """SES-2, CCH-1"""
    sign_in(page, account, clock)
    page.get("/account")
    saved = page.client.get_cookie("portal", domain="localhost")
    assert saved is not None
    answer = page.post(button, follow=False)
    assert answer.status == 303
    assert "storage" in answer.headers["Clear-Site-Data"]
    page.client.set_cookie("portal", saved.value, domain="localhost")
    assert not is_signed_in(page)


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_planted_cookie_of_the_login_library_does_nothing(
    page: Page, other_page: Page, account: TestAccount, clock: Clock, is_signed: bool
) -> None:
    """SES-1, SES-2: it signs neither its owner out nor anybody in."""
    with page.app.test_request_context():
        planted = encode_cookie(account.id) if is_signed else "somebody|0123"
    sign_in(page, account, clock)
    for one in (page, other_page):
        one.client.set_cookie("remember_token", planted, domain="localhost")
    assert is_signed_in(page)
    assert not is_signed_in(other_page)


def test_the_neutral_page_says_nothing_of_where_one_was(page: Page) -> None:
    seen = page.get("/left")
    for word in ("support", "case", "agency", "portal", "massachusetts"):
        assert word not in seen.source.lower()
    assert seen.headers["Cache-Control"] == "no-store"


def test_what_a_session_held_is_dropped_when_the_clock_has_ended_it(
    page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    """SES-2, RCV-1: fresh recovery codes do not wait in the row of a session nobody closed."""
    sign_in(page, account, clock)
    page.get("/account/recovery-codes")
    page.submit()

    def held() -> int:
        sweep(context, clock())
        with context.database.session() as session:
            rows = session.scalars(select(SessionRow).where(SessionRow.data.is_not(None)))
            return len(rows.all())

    assert held() == 1
    clock.forward(minutes=17)
    assert held() == 0
    assert not is_signed_in(page)
