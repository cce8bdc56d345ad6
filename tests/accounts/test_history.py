"""What happened on your account: one's own events in plain words, nobody else's (AUD-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.history_words import WORDS
from portal.audit.trail import record_event
from portal.context import Context
from tests.support.accounts import TestAccount, give_password, make_account, sign_in
from tests.support.clock import Clock
from tests.support.page import Page


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context, participant_id="P")


def record(context: Context, name: str, **how: object) -> None:
    with context.database.transaction() as session:
        record_event(session, name, now=how.pop("now", context.now()), **how)  # type: ignore[arg-type]


def test_signing_in_is_told_with_device_and_local_time(
    page: Page, account: TestAccount, clock: Clock
) -> None:
    """AUD-4: parents see their own sign-in history; the device, never the place."""
    give_password(page, account, "not the right one")
    sign_in(page, account, clock)
    seen = page.get("/account/history")
    assert seen.h1 == "What happened on your account"
    assert "You signed in" in seen.words
    assert "Someone tried to sign in with a wrong password" in seen.words
    assert "Nov 22, 2026, 10:0" in seen.words
    assert "127.0.0.1" not in seen.text
    assert "/account/history" in page.get("/account").links().values()


def test_nobody_elses_and_nothing_staff_read(
    page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    """AUD-4, PRV-2, PRV-3: own events alone; no safety mark, no read of a tax refund."""
    other = make_account(context, participant_id="Q", email="other@example.org")
    record(context, "account:password:changed", actor_id=other.id, subject=("account", other.id))
    record(context, "account:safety-mark:set", actor_id=account.id, subject=("account", account.id))
    record(context, "case:federal-tax-refund:shown", actor_id=account.id, subject=("case", "C1"))
    record(context, "account:opened:by-staff", actor_id=other.id, subject=("account", account.id))
    sign_in(page, account, clock)
    words = page.get("/account/history").words.lower()
    for hidden in ("password was changed", "safety", "federal", "staff", "refund"):
        assert hidden not in words


@pytest.mark.parametrize(("name", "outcome"), WORDS)
def test_every_event_has_words(
    name: str, outcome: str, page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    record(context, name, subject=("account", account.id), outcome=outcome)
    sign_in(page, account, clock)
    with page.app.test_request_context():
        assert str(WORDS[name, outcome]) in page.get("/account/history").words


def test_long_histories_come_in_pages(
    page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    for number in range(60):
        moment = context.now() - timedelta(days=60 - number)
        record(context, "account:phone:changed", subject=("account", account.id), now=moment)
    sign_in(page, account, clock)
    first = page.get("/account/history")
    assert first.words.count("cell phone number was changed") == 24, "and the sign-in"
    assert page.get("/account/history?page=3").words.count("cell phone number") == 11
    for odd in ("99", "-3", "x"):
        assert page.get(f"/account/history?page={odd}").status == 200


def test_it_is_shut_to_whoever_is_not_signed_in(page: Page, account: TestAccount) -> None:
    """ACL-1."""
    assert "/sign-in" in page.get("/account/history").path
    give_password(page, account)
    assert page.get("/account/history").path != "/account/history"
