"""Registering: S1, REG-1 to REG-6."""

from __future__ import annotations

import pytest

from portal.context import Context
from tests.support.accounts import PASSWORD, add_person, mails, newest_link
from tests.support.authenticator import code_at
from tests.support.clock import Clock
from tests.support.page import Page, Seen

WHO = {"ssn": "666-10-0001", "pin": "111111", "birth_date": "04/12/1986"}


@pytest.fixture(autouse=True)
def person(context: Context) -> None:
    add_person(context)


def say_who(page: Page, **changed: str) -> Seen:
    page.get("/register")
    return page.submit("/register", **{**WHO, **changed})


def register(page: Page, email: str = "morgan@example.org", **changed: str) -> Seen:
    """All steps up to "check your mail"."""
    assert say_who(page, **changed).h1 == "How we reach you"
    page.submit(email=email, phone="617 555 0123")
    page.submit(password=PASSWORD)
    return page.submit(question="first_job", answer="Paper route")


def confirm(page: Page, context: Context, password: str = PASSWORD) -> Seen:
    page.get(newest_link(context, "confirm_registration"))
    return page.submit("/register/confirmation", password=password)


def test_a_person_registers_and_reaches_the_case(
    page: Page, context: Context, clock: Clock
) -> None:
    assert register(page).h1 == "Check your mail"
    assert confirm(page, context).h1 == "Protect your account with an app"
    seen = page.submit("/picture")
    secret = seen.document.query(".secret code")[0].to_text()
    assert secret.count(" ") == 7
    seen = page.submit("/sign-in/authenticator", code=code_at(secret, clock().timestamp()))
    assert seen.h1 == "Keep your recovery codes"
    assert len(seen.document.query(".codes li")) == 10
    seen = page.submit("/sign-in/recovery-codes", follow=False)
    assert seen.headers["Location"] == "/"
    assert page.get("/account").h1 == "Account"
    assert [m[0] for m in mails(context)] == ["confirm_registration", "authenticator_added"]
