"""Typed work outlives a session, for its own account and for nobody else (SES-3, CSR-1)."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from portal.context import Context
from portal.web.models import KeptWork
from portal.web.sessions import end_sessions
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


OWN = {"Sec-Fetch-Site": "same-origin"}


def page_left_open(page: Page, parents: Parents) -> dict[str, str]:
    """A page of reasons in one tab, filled in and not sent."""
    sign_in(page, parents.payor)
    begin(page)
    page.get(f"{REVIEW}/grounds")
    return {"csrf_token": page.csrf_token(), "grounds": "amount_wrong", "words": WORDS}


def test_what_was_typed_comes_back_after_signing_out_in_another_tab(
    page: Page, parents: Parents, context: Context, clock: Clock
) -> None:
    """SES-3, CSR-1: it changes nothing, is shown to the same account, and says why."""
    late = page_left_open(page, parents)
    page.post("/sign-out")
    answer = page.post(f"{REVIEW}/grounds", late, follow=False)
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")
    page.post(f"{REVIEW}/grounds", late)
    assert kept(context) == 1
    page.submit(email=parents.payor.email, password=parents.payor.password)
    shown = page.submit(code=parents.payor.totp_now(clock))
    assert shown.path == f"{REVIEW}/grounds"
    assert WORDS in shown.text
    assert "was not sent yet" in shown.words
    page.submit("/grounds")
    assert kept(context) == 0, "sent anew"


def test_what_was_typed_comes_back_when_the_same_account_signed_in_again_meanwhile(
    page: Page, parents: Parents
) -> None:
    """SES-3: the token of the page is an older session's, or from before a fresh proof."""
    late = page_left_open(page, parents)
    page.post("/sign-out")
    sign_in(page, parents.payor)
    shown = page.post(f"{REVIEW}/grounds", late)
    assert shown.path == f"{REVIEW}/grounds"
    assert shown.status == 200
    assert WORDS in shown.text
    assert "was not sent yet" in shown.words


def test_of_a_page_left_open_the_next_person_at_the_computer_keeps_nothing(
    page: Page, parents: Parents, context: Context
) -> None:
    """PRV-1: the page says whose it is; it is neither kept for the wrong account nor shown to it."""
    late = page_left_open(page, parents)
    page.post("/sign-out")
    sign_in(page, parents.other)
    assert page.post(f"{REVIEW}/grounds", late).status == 400
    assert kept(context) == 0
    begin(page)
    assert WORDS not in page.get(f"{REVIEW}/grounds").text


def test_a_page_of_the_next_person_lays_nothing_into_the_one_before(
    page: Page, other_page: Page, parents: Parents, context: Context
) -> None:
    """PRV-1: the mark is the page's own; a token from elsewhere keeps nothing."""
    page_left_open(page, parents)
    page.post("/sign-out")
    theirs = page_left_open(other_page, dataclasses.replace(parents, payor=parents.other))
    assert page.post(f"{REVIEW}/grounds", theirs).status == 400
    forged = theirs | {"csrf_token": f"{theirs['csrf_token']}x"}
    assert page.post(f"{REVIEW}/grounds", forged).status == 400
    assert kept(context) == 0


def test_without_a_cookie_the_page_leads_to_sign_in_and_shows_what_was_typed(
    page: Page, parents: Parents, context: Context
) -> None:
    """SES-3, CSR-1: nothing ties the words to an account; whoever typed them can copy them."""
    late = page_left_open(page, parents)
    page.client.delete_cookie("portal", domain="localhost")
    seen = page.post(f"{REVIEW}/grounds", late | {"ssn": "666 10 0001"}, headers=OWN)
    assert seen.status == 400
    assert seen.links()["Sign in"] == f"/sign-in?next={REVIEW}/grounds"
    assert WORDS in seen.text
    assert "666 10" not in seen.text
    assert kept(context) == 0


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
     {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"}, {"Origin": "null"}],
)  # fmt: skip
def test_another_site_cannot_make_this_one_show_its_words(
    page: Page, headers: dict[str, str]
) -> None:
    """CSR-1: a forged post shows nothing of what it holds."""
    page.get("/sign-in")
    seen = page.post("/sign-in", {"csrf_token": "x", "words": WORDS}, headers=headers)
    assert seen.status == 400
    assert WORDS not in seen.text


def test_what_is_shown_again_is_only_text(page: Page) -> None:
    """INJ-1."""
    words = "</textarea><script>alert(1)</script> and more"
    seen = page.post("/sign-in", {"csrf_token": "x", "words": words}, headers=OWN)
    assert "and more" in seen.text
    assert "<script>alert" not in seen.text
    assert seen.links()["Open the page again"] == "/sign-in"


def test_a_session_ended_from_elsewhere_keeps_nothing_and_shows_what_was_typed(
    page: Page, parents: Parents, context: Context, clock: Clock
) -> None:
    """SES-2, SES-4: it may have been ended because it was stolen; a thief lays nothing down."""
    late = page_left_open(page, parents)
    with context.database.transaction() as session:
        end_sessions(session, parents.payor.id, clock())
    seen = page.post(f"{REVIEW}/grounds", late, headers=OWN)
    assert seen.status == 400
    assert WORDS in seen.text
    assert "Sign in" in seen.links()
    assert kept(context) == 0


def test_a_post_without_a_page_of_its_own_leads_to_the_first_page_after_signing_in(
    page: Page, parents: Parents, clock: Clock, context: Context
) -> None:
    """SES-3: an address that takes only posts is no way back."""
    sign_in(page, parents.payor)
    page.get("/account")
    clock.forward(minutes=16)
    assert page.post("/sign-out", follow=False).headers["Location"] == "/sign-in?ended=1"
    assert kept(context) == 0


def test_a_post_deletes_nothing_where_nothing_was_kept(page: Page, parents: Parents) -> None:
    sign_in(page, parents.payor)
    begin(page)
    page.get(f"{REVIEW}/grounds")
    said: list[str] = []

    @event.listens_for(Engine, "before_cursor_execute")
    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    try:
        page.submit("/grounds", grounds=["amount_wrong"], words=WORDS, follow=False)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert said
    assert not [one for one in said if one.startswith("DELETE FROM kept_work")]
