"""The list of sessions, ending them, and devices known from before: SES-2, SES-4, SES-6, ACL-1."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.accounts.known_devices import KnownDevice
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.web.models import SessionRow
from tests.support.accounts import TestAccount, give_password, make_account, sign_in
from tests.support.clock import Clock
from tests.support.page import Page

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) CriOS/130 Safari/604"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context)


@pytest.fixture
def phone(page: Page, account: TestAccount, clock: Clock) -> Page:
    page.client.environ_base["HTTP_USER_AGENT"] = PHONE
    sign_in(page, account, clock, follow=False)
    return page


@pytest.fixture
def laptop(other_page: Page, account: TestAccount, clock: Clock) -> Page:
    other_page.client.environ_base["HTTP_USER_AGENT"] = LAPTOP
    sign_in(other_page, account, clock, follow=False)
    return other_page


def end_form(page: Page) -> str:
    """The address that ends the one other session of the list."""
    (found,) = re.findall(r'action="(/account/devices/[0-9a-f]{32}/end)"', page.get(LIST).text)
    return str(found)


LIST = "/account/devices"


def test_the_list_shows_each_device_in_words_and_when(
    phone: Page, laptop: Page, clock: Clock
) -> None:
    """SES-4: no address, no place, no id that a person could not read."""
    clock.forward(minutes=2)
    seen = phone.get(LIST)
    assert seen.h1 == "Your devices"
    assert "Chrome, iPhone This device" in seen.words
    assert "Firefox, Windows" in seen.words
    assert "Nov 22, 2026, 10:00" in seen.words
    assert "127.0.0.1" not in seen.text


def test_one_other_device_is_signed_out(phone: Page, laptop: Page) -> None:
    """SES-2, SES-4: its cookie is dead, mine goes on, and the device is not known any more."""
    phone.get(LIST)
    assert "was signed out" in phone.post(end_form(phone)).words
    assert laptop.get("/account").h1 == "Sign in"
    assert "Firefox, Windows" not in phone.get(LIST).words


def test_all_other_devices_are_signed_out_and_forgotten(
    phone: Page, laptop: Page, account: TestAccount, context: Context
) -> None:
    """SES-4: this one goes on and stays known; the trail says so."""
    half = Page(phone.app)
    give_password(half, account)
    assert "Password given, code not yet" in phone.get(LIST).words
    phone.submit("/account/devices/others/end")
    assert phone.get("/account").h1 == "Account"
    assert laptop.get("/account").h1 == "Sign in"
    assert half.get("/account").h1 == "Sign in"
    with context.database.session() as session:
        assert [row.device for row in session.scalars(select(KnownDevice))] == ["Chrome, iPhone"]
        events = session.execute(select(AuditEvent.name, AuditEvent.detail)).all()
    assert ("account:session:others-ended", {"ended": 2}) in [tuple(row) for row in events]


def test_a_device_from_before_can_be_forgotten(phone: Page, laptop: Page, context: Context) -> None:
    """SES-4."""
    laptop.get("/account")
    laptop.submit("/sign-out", follow=False)
    seen = phone.get(LIST)
    assert "Signed in before" in seen.words
    phone.submit("/forget")
    assert "Firefox, Windows" not in phone.get(LIST).words
    with context.database.session() as session:
        assert len(session.scalars(select(KnownDevice)).all()) == 1


def test_ending_wants_the_owner_present(phone: Page, laptop: Page, clock: Clock) -> None:
    """SES-6, SES-4: after five minutes, password and code first; a GET never ends anything."""
    target = end_form(phone)
    clock.forward(minutes=6)
    laptop.get("/account")
    for path in (target, "/account/devices/others/end"):
        seen = phone.post(path, follow=False)
        assert seen.headers["Location"].startswith("/account/authentication"), path
    assert laptop.get("/account").h1 == "Account"


def test_only_own_sessions_are_ended(
    phone: Page, laptop: Page, context: Context, clock: Clock
) -> None:
    """ACL-1: another person's session, a made-up one and one's own current one: not found."""
    stranger = Page(phone.app)
    sign_in(stranger, make_account(context, email="robin@example.org"), clock, follow=False)
    with context.database.session() as session:
        theirs = session.scalars(
            select(SessionRow.id).where(SessionRow.device == "Firefox, Windows")
        ).all()
    stranger.get(LIST)
    for row_id in (*theirs, "0" * 32):
        assert stranger.post(f"/account/devices/{row_id}/end").status == 404
        assert stranger.post(f"/account/devices/{row_id}/forget").status == 404
    assert laptop.get("/account").h1 == "Account"


def test_a_get_of_the_ending_addresses_ends_nothing(phone: Page, laptop: Page) -> None:
    """CSR-2."""
    target = end_form(phone)
    for path in (target, "/account/devices/others/end"):
        assert phone.get(path).h1 == "Your devices"
    assert laptop.get("/account").h1 == "Account"


def test_sessions_too_old_are_not_listed(phone: Page, laptop: Page, clock: Clock) -> None:
    """SES-3."""
    for _ in range(2):
        clock.forward(minutes=10)
        seen = phone.get(LIST)
    assert "Firefox, Windows" not in seen.words.partition("Signed in before")[0]
