"""Every change and every refusal has its row in the trail, in the same transaction (AUD-3)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.context import Context
from tests.accounts.test_register import WHO
from tests.support.accounts import (
    PASSWORD,
    TestAccount,
    add_person,
    give_password,
    keep_codes,
    make_account,
    newest_link,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import Page

REFUSED, DONE = "refused", "success"


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context)


def newest(context: Context) -> tuple[str, str]:
    with context.database.session() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert event is not None
        return event.name, event.outcome


def count(context: Context) -> int:
    with context.database.session() as session:
        return len(session.scalars(select(AuditEvent.id)).all())


def test_a_password_refused_and_one_not_even_compared(
    page: Page, context: Context, account: TestAccount
) -> None:
    for _ in range(8):
        before = count(context)
        give_password(page, account, "wrong")
        assert newest(context) == ("account:sign-in:password", REFUSED)
        assert count(context) == before + 1


def test_a_code_refused_and_one_not_even_compared(
    page: Page, context: Context, account: TestAccount
) -> None:
    give_password(page, account)
    for _ in range(12):
        before = count(context)
        page.submit("/sign-in/code", code="000000")
        assert newest(context) == ("account:sign-in:code", REFUSED)
        assert count(context) == before + 1


def test_a_refused_fresh_proof(
    page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    sign_in(page, account, clock)
    page.get("/account/authentication")
    page.submit(password="wrong", code="000000")
    assert newest(context) == ("account:sign-in:password", REFUSED)
    page.submit(password=PASSWORD, code="000000")
    assert newest(context) == ("account:sign-in:code", REFUSED)


def test_answers_to_the_hint(page: Page, context: Context, account: TestAccount) -> None:
    page.get("/forgotten-password")
    page.submit("/forgotten-password", email=account.email)
    page.get(newest_link(context, "reset_password"))
    for _ in range(7):
        page.submit("/hint", answer="not this")
        assert newest(context) == ("account:reset:hint", REFUSED)


def test_registering(page: Page, context: Context) -> None:
    """A refused match, a link opened with a wrong password, codes that are kept."""
    add_person(context)
    page.get("/register")
    who: dict[str, Any] = dict(WHO)
    page.submit("/register", **{**who, "pin": "999999"})
    assert newest(context) == ("registration:match:refused", REFUSED)
    page.submit("/register", **who)
    page.submit(email="morgan@example.org", no_phone="y")
    page.submit(password=PASSWORD)
    page.submit(question="first_job", answer="Paper route")
    page.get(newest_link(context, "confirm_registration"))
    page.submit("/register/confirmation", password="wrong")
    assert newest(context) == ("account:registration:confirmed", REFUSED)
    page.submit("/register/confirmation", password=PASSWORD)
    assert newest(context) == ("account:registration:confirmed", DONE)
    page.submit("/picture")
    page.submit("/sign-in/authenticator", code="000000")
    assert newest(context) == ("account:authenticator:added", REFUSED)


def test_codes_that_are_kept(
    page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    sign_in(page, account, clock)
    page.get("/account/recovery-codes")
    page.submit()
    assert newest(context) == ("account:recovery-codes:made", DONE)
    keep_codes(page)
    assert newest(context) == ("account:recovery-codes:kept", DONE)


def test_a_new_pin_for_nobody(page: Page, context: Context) -> None:
    page.get("/new-pin")
    page.submit("/new-pin", ssn="666999999", birth_date="04/12/1986")
    assert newest(context) == ("registration:pin:asked", REFUSED)


def test_more_reset_mails_than_are_sent(page: Page, context: Context, account: TestAccount) -> None:
    for times in range(1, 8):
        page.get("/forgotten-password")
        page.submit("/forgotten-password", email=account.email)
        assert newest(context) == ("account:reset:asked", DONE if times <= 5 else REFUSED)
