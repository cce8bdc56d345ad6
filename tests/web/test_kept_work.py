"""Typed work outlives a session, for its own account and for nobody else (SES-3, CSR-1)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.context import Context
from portal.web.models import KeptWork
from tests.requests.parents import ADDRESS, REVIEW, Parents, load_parents
from tests.support.accounts import give_password, sign_in
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.page_rules import attributes

WORDS = "Canary words of a draft that was under way."


@pytest.fixture
def parents(context: Context, tmp_path: Path) -> Parents:
    return load_parents(context, tmp_path)


def begin(page: Page) -> None:
    """Up to the page of the reasons."""
    seen = page.get(f"{REVIEW}/new")
    about = attributes(seen.document.query("input[name=about]")[0])["value"]
    page.submit("/new", about=about)


def kept(context: Context) -> int:
    with context.database.session() as session:
        return session.scalar(select(func.count()).select_from(KeptWork)) or 0


def test_what_was_typed_when_the_session_ended_comes_back_after_signing_in(
    page: Page, parents: Parents, clock: Clock
) -> None:
    """SES-3, CSR-1: the late post changes nothing; its words are shown again, to be sent anew."""
    sign_in(page, parents.payor)
    begin(page)
    clock.forward(minutes=16)
    seen = page.submit("/grounds", grounds=["amount_wrong"], words=WORDS)
    assert seen.path == "/sign-in"
    sign_in(page, parents.payor)
    assert WORDS in page.get(f"{REVIEW}/grounds").text
    page.submit("/grounds")
    assert WORDS in page.get(f"{REVIEW}/grounds").text, "sent anew it is the draft's"


def test_a_whole_address_comes_back_its_zip_code_too(
    page: Page, parents: Parents, clock: Clock
) -> None:
    """SES-3: codes that prove who one is are left out, and a postal code is none of them."""
    sign_in(page, parents.payor)
    page.get(f"{ADDRESS}/new")
    page.submit("/new", address_type="mailing", country="US", since="11/20/2026")
    clock.forward(minutes=16)
    lines = {"line1": "12 Elm Street", "city": "Boston", "state": "MA", "postal_code": "02108"}
    assert page.submit("/address", **lines).path == "/sign-in"
    sign_in(page, parents.payor)
    shown = page.get(f"{ADDRESS}/address").text
    assert "12 Elm Street" in shown
    assert 'value="02108"' in shown


def test_another_person_at_the_same_computer_is_shown_nothing_of_it(
    page: Page, parents: Parents, clock: Clock, context: Context
) -> None:
    """PRV-1: kept work belongs to the account, not to the browser."""
    sign_in(page, parents.payor)
    begin(page)
    clock.forward(minutes=16)
    page.submit("/grounds", grounds=["amount_wrong"], words=WORDS)
    assert kept(context) == 1
    sign_in(page, parents.other)
    begin(page)
    assert WORDS not in page.get(f"{REVIEW}/grounds").text


def test_a_session_of_the_password_alone_leaves_no_work_behind(
    page: Page, other_page: Page, parents: Parents, clock: Clock, context: Context
) -> None:
    """OTP-5: who knows only the password cannot lay an address into the owner's forms."""
    give_password(page, parents.payor)
    clock.forward(minutes=16)
    page.post(f"{ADDRESS}/new", {"address_type": "mailing", "country": "US", "since": "11/20/2026"})
    assert kept(context) == 0


def test_a_session_that_was_ended_leaves_no_work_behind(
    page: Page, parents: Parents, context: Context
) -> None:
    """SES-2: a saved copy of a cookie whose owner signed out posts nothing."""
    sign_in(page, parents.payor)
    saved = page.client.get_cookie("portal", domain="localhost")
    assert saved is not None
    token = page.csrf_token()
    page.post("/sign-out")
    page.client.set_cookie("portal", saved.value, domain="localhost")
    page.post(f"{REVIEW}/grounds", {"csrf_token": token, "words": WORDS})
    assert kept(context) == 0
