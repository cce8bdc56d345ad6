""" "This wasn't me": LNK-1, LNK-2, LNK-4, LNK-6, and what the account does afterwards."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.accounts import disown as service
from portal.accounts.known_devices import KnownDevice
from portal.accounts.mail import SECURITY
from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.context import Context
from tests.support.accounts import (
    PASSWORD,
    TestAccount,
    give_password,
    mails,
    make_account,
    newest_link,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.race import race

NEW = "three brave turnips 92"


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context)


@pytest.fixture
def thief(other_page: Page, page: Page, account: TestAccount, clock: Clock) -> Page:
    """Somebody signed in on a device of their own, after the owner had been signed in."""
    sign_in(page, account, clock, follow=False)
    sign_in(other_page, account, clock, follow=False)
    return other_page


def not_me_links(context: Context, template: str) -> list[tuple[str, str]]:
    """To whom, and the path of the link, oldest first."""
    return [
        (to, re.sub(r"^https?://[^/]+", "", words["not_me"]))
        for _, to, words in mails(context, template)
    ]


def press(page: Page, path: str) -> str:
    assert page.get(path).h1 == "Was this not you?"
    return page.submit("/not-me").h1


def test_the_link_signs_all_out_and_asks_for_a_new_password(
    page: Page, thief: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    """LNK-6, SES-4: sessions and known devices are gone; the old password opens nothing; the new
    one is chosen by a mailed link, and the second factor is still asked for."""
    ((_, link),) = not_me_links(context, "new_device")
    reader = Page(page.app)
    assert press(reader, link) == "Everyone was signed out"
    for browser in (page, thief):
        assert browser.get("/account").h1 == "Sign in"
        assert give_password(browser, account).h1 == "Check your mail"
        assert browser.get("/account").h1 == "Sign in"
    with context.database.session() as session:
        assert session.scalars(select(KnownDevice)).all() == []
        names = session.scalars(select(AuditEvent.name)).all()
    assert "account:sign-in:disowned" in names
    reader.get(newest_link(context, "reset_password"))
    reader.submit(answer=account.hint_answer)
    assert reader.submit(password=NEW).status == 200
    assert give_password(thief, account, PASSWORD).h1 == "Sign in"
    account.password = NEW
    sign_in(page, account, clock)
    assert page.get("/account").h1 == "Account"


def test_opening_the_link_changes_nothing(
    thief: Page, page: Page, account: TestAccount, context: Context
) -> None:
    """LNK-4: mail scanners open links; the token leaves the address at once."""
    ((_, link),) = not_me_links(context, "new_device")
    reader = Page(page.app)
    reader.client.head(link, base_url="http://localhost:8000")
    for _ in range(2):
        seen = reader.get(link)
        assert (seen.h1, seen.path) == ("Was this not you?", "/not-me")
    assert thief.get("/account").h1 == "Account"
    assert press(reader, link) == "Everyone was signed out"


def test_the_link_works_once_and_for_a_day(
    thief: Page, page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    """LNK-1, LNK-2: 24 hours and not a second longer; the second press finds it used up."""
    ((_, link),) = not_me_links(context, "new_device")
    clock.forward(hours=24, seconds=1)
    assert Page(page.app).get(link).status == 410
    clock.forward(seconds=-2)
    reader = Page(page.app)
    assert press(reader, link) == "Everyone was signed out"
    assert Page(page.app).get(link).status == 410


def test_twenty_presses_at_once_come_to_one(thief: Page, context: Context, clock: Clock) -> None:
    """LNK-2: exactly one success in a race, and one mail."""
    ((_, link),) = not_me_links(context, "new_device")
    token, now = link.partition("token=")[2], clock()

    def act(session: object) -> bool:
        found = service.find_link(session, context, token, now)  # type: ignore[arg-type]
        return found is not None and service.disown(session, context, *found, now)  # type: ignore[arg-type]

    assert race(context, act).count(True) == 1
    assert len(mails(context, "reset_password")) == 1


def test_a_press_that_looked_before_another_acted_does_nothing(
    thief: Page, context: Context, clock: Clock
) -> None:
    """LNK-2: what counts is who uses the link up, not who saw it alive."""
    ((_, link),) = not_me_links(context, "new_device")
    token, now = link.partition("token=")[2], clock()
    with context.database.session() as session:
        found = service.find_link(session, context, token, now)
        assert found is not None
        session.expunge_all()
    answers = []
    for _ in range(2):
        with context.database.transaction() as session:
            account = session.get(Account, found[1].id)
            assert account is not None
            answers.append(service.disown(session, context, found[0], account, now))
    assert answers == [True, False]


def test_the_token_is_nothing_elsewhere_and_others_are_nothing_here(
    thief: Page, page: Page, account: TestAccount, context: Context
) -> None:
    """LNK-1: purposes are not interchangeable; a flipped byte is refused."""
    ((_, link),) = not_me_links(context, "new_device")
    token = link.partition("token=")[2]
    reader = Page(page.app)
    for path in ("/forgotten-password/link", "/register/confirmation",
                 "/account/email/confirmation", "/sign-in/email-confirmation"):  # fmt: skip
        assert reader.get(path, query_string={"token": token}).status == 410, path
    place = len(token) // 2  # the last sign carries bits that nothing reads
    flipped = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    assert reader.get("/not-me", query_string={"token": flipped}).status == 410
    reader.get("/forgotten-password")
    reader.submit(email=account.email)
    reset = newest_link(context, "reset_password").partition("token=")[2]
    assert reader.get("/not-me", query_string={"token": reset}).status == 410


def test_nothing_a_thief_does_next_ends_the_link(
    thief: Page, page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    """LNK-6: changing password, phone and address leaves the first mail's link alive."""
    ((_, first),) = not_me_links(context, "new_device")
    thief.get("/account/password")
    thief.submit(current_password=PASSWORD, password=NEW)
    thief.get("/account/phone")
    thief.submit(phone="617 555 0188", no_phone=None)
    assert press(Page(page.app), first) == "Everyone was signed out"
    assert thief.get("/account").h1 == "Sign in"
    account.password = NEW
    assert give_password(thief, account).h1 == "Check your mail"


def test_when_the_address_was_changed_the_old_one_can_press_too(
    thief: Page, page: Page, account: TestAccount, context: Context
) -> None:
    """LNK-6: both addresses get a link of their own."""
    thief.get("/account/email")
    thief.submit(email="thief@example.org")
    thief.get(newest_link(context, "confirm_new_email"))
    thief.submit("/account/email/confirmation")
    told = dict(not_me_links(context, "email_changed"))
    assert set(told) == {account.email, "thief@example.org"}
    assert press(Page(page.app), told[account.email]) == "Everyone was signed out"
    assert thief.get("/account").h1 == "Sign in"
    # One press uses the other links up.
    assert Page(page.app).get(told["thief@example.org"]).status == 410


def test_the_old_password_is_refused_even_from_a_session_that_remained(
    page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    """OTP-5: while a new password is due, no page opens, whatever the session has."""
    sign_in(page, account, clock, follow=False)
    with context.database.transaction() as session:
        found = session.get(Account, account.id)
        assert found is not None
        found.must_change_password_at = clock()
    assert page.get("/account").h1 == "Check your mail"
    assert page.post("/account/password", {"password": NEW}).h1 == "Check your mail"


@pytest.mark.parametrize("name", SECURITY)
def test_every_security_mail_carries_the_link(name: str, context: Context) -> None:
    """LNK-6: text and HTML, each saying that nothing happens before the press."""
    from portal.notices.registry import TEMPLATES

    for ending in ("txt", "html"):
        body = (TEMPLATES / "notices" / name / f"body.{ending}").read_text("utf-8")
        assert f"notices/_not_me.{ending}" in body
