"""How the staff sign in: a password, then a passkey or an app, as everybody does, and no other way.
ACL-3, SES-3, LNK-6, HNT-1."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Account, TotpFactor
from portal.accounts.views.blueprint import NOT_FOR_STAFF
from portal.context import Context
from portal.security.permissions import StaffRole
from tests.support.accounts import (
    PASSWORD,
    TestAccount,
    give_password,
    mails,
    newest_link,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.staff import make_staff

NEW = "four loud herons 88"


@pytest.fixture
def worker(context: Context) -> TestAccount:
    return make_staff(context, StaffRole.SUPERVISOR)


def test_what_is_not_for_the_staff_covers_every_card_text_hint_and_phone(app: Flask) -> None:
    """ACL-3: a new page of these kinds has to be thought of."""
    asks_for = re.compile(r"card|text_code|hint|phone|safety")
    pages = {
        rule.endpoint for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("accounts.") and asks_for.search(rule.endpoint)
    }  # fmt: skip
    reached_by_anybody = {
        "accounts.authenticate_text_code",  # sends nothing to who gets no texts
        "accounts.card_code",
        "accounts.recovery_hint",
        "accounts.register_hint",
        "accounts.reset_hint",
        "accounts.text_code",
        "accounts.text_code_message",
    }
    assert pages - reached_by_anybody == NOT_FOR_STAFF & pages
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= NOT_FOR_STAFF


@pytest.mark.parametrize("state", ["no factor yet", "half signed in", "signed in"])
def test_neither_card_nor_text_message_nor_hint(
    app: Flask, page: Page, context: Context, state: str
) -> None:
    """ACL-3 (63B 2.2.2): none of these addresses opens for the staff, however far they are in."""
    worker = make_staff(context, StaffRole.SUPERVISOR)
    if state == "no factor yet":
        with context.database.transaction() as session:
            session.scalars(select(TotpFactor)).one().ended_at = context.now()
    sign_in(page, worker) if state == "signed in" else give_password(page, worker)
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint in NOT_FOR_STAFF]
    assert rules
    for rule in rules:
        address = re.sub(r"<[^>]+>", "A" * 43, rule.rule)
        for method in {"GET", "POST"} & (rule.methods or set()):
            page.get("/account")
            ask = page.get if method == "GET" else page.post
            seen = ask(address, follow=False)
            assert seen.status in (302, 404), (method, rule.rule)
            elsewhere = seen.headers.get("Location", "/sign-in/authenticator")
            assert elsewhere in ("/", "/sign-in/code", "/sign-in/authenticator"), rule.rule
    with context.database.session() as session:
        account = session.get_one(Account, worker.id)
        assert account.card is None
        assert account.hint_hash is None
        assert not account.gets_texts


def test_the_second_factor_is_the_app_and_nothing_less(
    page: Page, context: Context, worker: TestAccount
) -> None:
    """ACL-3: no way round it by a card or a text message."""
    seen = give_password(page, worker)
    assert seen.h1 == "Enter your code"
    for word in ("text message", "printed card"):
        assert word not in seen.words
    for path in ("/sign-in/card-code", "/sign-in/text-code"):
        page.get(path)
        page.post(path, {"code": "123456"})
    page.post("/sign-in/text-code/message")
    assert mails(context) == []
    assert page.get("/staff/people").h1 == "Enter your code"


def test_a_session_of_the_staff_ends_after_fifteen_idle_minutes(
    page: Page, worker: TestAccount, clock: Clock
) -> None:
    """SES-3."""
    sign_in(page, worker)
    for _ in range(3):
        clock.forward(minutes=14)
        assert page.get("/staff/people").h1 == "Staff"
    clock.forward(minutes=16)
    assert page.get("/staff/people").h1 == "Sign in"


def test_a_session_of_the_staff_lasts_twelve_hours_at_most(
    page: Page, worker: TestAccount, clock: Clock
) -> None:
    """SES-3: however busy."""
    sign_in(page, worker)
    for _ in range(12 * 6 - 1):
        clock.forward(minutes=10)
        assert page.get("/account").h1 == "Account"
    clock.forward(minutes=11)
    assert page.get("/account").h1 == "Sign in"


def test_a_forgotten_password_leads_from_link_to_password_and_still_to_the_code(
    page: Page, context: Context, worker: TestAccount
) -> None:
    """LNK-6, HNT-1: there is no hint to ask, and the second factor stays."""
    page.get("/forgotten-password")
    page.submit("/forgotten-password", email=worker.email)
    assert page.get(newest_link(context, "reset_password")).h1 == "Choose a new password"
    assert page.submit(password=NEW).h1 == "Your password was changed"
    assert page.get("/staff/people").h1 == "Sign in"
    assert "Check your e-mail" in give_password(page, worker, PASSWORD).errors
    assert give_password(page, worker, NEW).h1 == "Enter your code"
    page.submit("/sign-in/code", code=worker.totp_now(context.read_clock))  # type: ignore[arg-type]
    assert page.get("/staff/people").h1 == "Staff"


def test_pages_of_parents_are_not_there(page: Page, worker: TestAccount) -> None:
    """ACL-3: a worker has no case; the menu and the account page offer none."""
    sign_in(page, worker)
    for path in ("/cases", "/requests", "/account/safety", "/account/phone"):
        assert page.get(path).status == 404, path
    seen = page.get("/account")
    for words in ("Cell phone", "Security hint", "Printed card", "other parent"):
        assert words not in seen.words
    assert {"Approvals", "Staff"} <= seen.links().keys()
    assert "Cases" not in seen.links()
