"""A forgotten password: HNT-1, HNT-2, HNT-4, LNK-2 to LNK-6, ENU-1."""

from __future__ import annotations

import dataclasses
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import create_app
from portal.accounts import reset_password as service
from portal.accounts.find_account import EMAIL
from portal.accounts.models import Account
from portal.context import Context
from portal.security.models import Link
from portal.web.edge import Edges
from tests.support.accounts import (
    TestAccount,
    bare_answer,
    give_password,
    mails,
    make_account,
    newest_link,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import Page, Seen
from tests.support.race import race_in_edges

NEW = "four loud herons 88"
DEAD = "This link does not work any more"


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context)


def ask(page: Page, email: str = "morgan@example.org") -> Seen:
    page.get("/forgotten-password")
    return page.submit("/forgotten-password", email=email)


def open_link(page: Page, context: Context) -> Seen:
    ask(page)
    return page.get(newest_link(context, "reset_password"))


def test_link_hint_and_new_password_but_not_signed_in(
    page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """LNK-6, HNT-1: the reset signs nobody in, and the second factor is still asked."""
    assert open_link(page, context).h1 == "Answer your security question"
    seen = page.submit("/forgotten-password/hint", answer="  BLUE   harbor 7")
    assert seen.h1 == "Choose a new password"
    assert page.submit(password=NEW).h1 == "Your password was changed"
    assert page.get("/account").h1 == "Sign in"
    assert "Check your e-mail" in give_password(page, account).errors
    account.password = NEW
    assert give_password(page, account).h1 == "Enter your code"
    told = [m[:2] for m in mails(context) if m[0] != "reset_password"]
    assert told == [("password_changed", account.email)]


def test_a_reset_ends_every_session(
    page: Page, other_page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """LNK-6: whoever was signed in is signed out."""
    sign_in(other_page, account, clock, follow=False)
    assert other_page.get("/account").h1 == "Account"
    # A normal sign-in ends older links, so the link is asked for after it.
    open_link(page, context)
    page.submit(answer=account.hint_answer)
    page.submit(password=NEW)
    assert other_page.get("/account").h1 == "Sign in"


def test_the_question_shows_only_after_the_link(
    page: Page, context: Context, account: TestAccount
) -> None:
    """HNT-2: no page before the link holds the question of the account."""
    question = "first job you were paid for"
    for path in ("/forgotten-password", "/forgotten-password/hint", "/sign-in",
                 "/forgotten-password/new-password"):  # fmt: skip
        assert question not in page.get(path).text
    assert question not in ask(page).text
    assert question in page.get(newest_link(context, "reset_password")).text


def test_the_new_password_cannot_be_reached_around_the_hint(
    page: Page, context: Context, account: TestAccount
) -> None:
    """HNT-1, ACL-5: the page after the hint leads back to the hint, also when posted to."""
    open_link(page, context)
    assert page.get("/forgotten-password/new-password").h1 == "Answer your security question"
    seen = page.post("/forgotten-password/new-password", {"password": NEW})
    assert seen.h1 == "Answer your security question"
    assert give_password(page, account).h1 == "Enter your code"


def test_five_wrong_answers_a_day_over_links_and_browsers(
    page: Page, other_page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """HNT-4: counted for the account; a new link, a new browser or the right answer resets nothing."""
    open_link(page, context)
    for _ in range(3):
        assert "not the answer" in page.submit(answer="wrong").errors
    open_link(other_page, context)
    assert "not the answer" in other_page.submit(answer="wrong").errors
    assert "too many" in other_page.submit(answer="wrong").errors
    assert "too many" in other_page.submit(answer=account.hint_answer).errors
    clock.forward(hours=24)
    open_link(other_page, context)
    assert other_page.submit(answer=account.hint_answer).h1 == "Choose a new password"


def test_an_agency_can_switch_hints_off(context: Context, account: TestAccount) -> None:
    """HNT-1: without hints the link leads to the new password, and the factor is asked after it."""
    features = dataclasses.replace(context.agency.features, security_hints=False)
    agency = dataclasses.replace(context.agency, features=features)
    app: Flask = create_app(context=dataclasses.replace(context, agency=agency))
    page = Page(app)
    assert open_link(page, context).h1 == "Choose a new password"
    page.submit(password=NEW)
    account.password = NEW
    assert give_password(page, account).h1 == "Enter your code"


def test_opening_the_link_uses_nothing_up(
    page: Page, context: Context, account: TestAccount
) -> None:
    """LNK-4: HEAD and GET change no row; the token leaves the address at once."""
    ask(page)
    link = newest_link(context, "reset_password")
    before = database_rows(context)
    page.client.head(link, base_url="http://localhost:8000")
    for _ in range(2):
        seen = page.get(link, follow=False)
        assert (seen.status, seen.headers["Location"]) == (302, "/forgotten-password/hint")
        page.get("/forgotten-password/hint")
    assert database_rows(context) == before


def database_rows(context: Context) -> list[object]:
    with context.database.session() as session:
        return [
            (link.id, link.passed_at, link.ended_at) for link in session.scalars(select(Link))
        ] + list(session.scalars(select(Account.password_hash)))


def test_the_link_works_once(page: Page, context: Context, account: TestAccount) -> None:
    """LNK-2: used up by the new password."""
    open_link(page, context)
    link = "/forgotten-password/link?token=" + held_token(page)
    page.submit(answer=account.hint_answer)
    page.submit(password=NEW)
    assert page.get(link).h1 == DEAD


def held_token(page: Page) -> str:
    found = page.client.get_cookie("link", domain="localhost")
    assert found is not None
    return found.value


def test_one_link_posted_twenty_times_changes_the_password_once(
    page: Page, context: Context, account: TestAccount
) -> None:
    """LNK-2: exactly one success in a race."""
    open_link(page, context)
    page.submit(answer=account.hint_answer)
    token = held_token(page)

    def act(_session: Session, edges: Edges) -> bool:
        return service.reset_password(edges, context, token, NEW, context.now())

    assert race_in_edges(context, act).count(True) == 1
    assert len(mails(context, "password_changed")) == 1


@pytest.mark.parametrize("what", ["sign in", "newer link", "password", "address", "disabled"])
def test_the_link_dies_with_the_state_it_was_made_in(
    page: Page, other_page: Page, context: Context, account: TestAccount, clock: Clock, what: str
) -> None:
    """LNK-3: after a normal sign-in, a newer link, another password or address, or an end."""
    ask(page)
    link = newest_link(context, "reset_password")
    if what == "sign in":
        sign_in(other_page, account, clock, follow=False)
    elif what == "newer link":
        ask(page)
    else:
        value = {
            "password": {"password_hash": "$argon2id$other"},
            "address": {
                "email": context.sealer.seal("other@example.org", EMAIL, account.id),
                "email_lookup": context.keyring.lookup("email", "other@example.org"),
            },
            "disabled": {"disabled_at": context.now()},
        }[what]
        with context.database.transaction() as session:
            session.execute(update(Account).values(**value))
    assert page.get(link).h1 == DEAD


def test_a_flipped_byte_or_another_purpose_opens_nothing(
    page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """LNK-1: signed, for one purpose, an hour long."""
    ask(page)
    link = newest_link(context, "reset_password")
    token = parse_qs(urlsplit(link).query)["token"][0]
    for place in range(0, len(token), 5):
        flipped = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert page.get(f"/forgotten-password/link?token={flipped}").h1 == DEAD
    for path in ("/register/confirmation", "/account/email/confirmation",
                 "/sign-in/email-confirmation"):  # fmt: skip
        assert page.get(f"{path}?token={token}").h1 == DEAD
    assert page.get(link).h1 == "Answer your security question"
    clock.forward(minutes=61)
    assert page.get(link).h1 == DEAD


def test_the_answer_is_the_same_for_every_address(
    page: Page, context: Context, account: TestAccount
) -> None:
    """ENU-1: known, unknown, unconfirmed and disabled; each gets one mail."""
    make_account(context, email="late@example.org", participant_id="L", confirmed=False)
    make_account(context, email="gone@example.org", participant_id="G")
    with context.database.transaction() as session:
        gone = session.scalars(select(Account).where(Account.participant_id == "G")).one()
        gone.disabled_at = context.now()
    addresses = (account.email, "late@example.org", "gone@example.org", "nobody@example.org")
    answers = [bare_answer(ask(page, address)) for address in addresses]
    assert all(answer == answers[0] for answer in answers)
    assert {m[:2] for m in mails(context)} == {
        ("reset_password", account.email),
        ("reset_password", "late@example.org"),
        ("no_account", "gone@example.org"),
        ("no_account", "nobody@example.org"),
    }


def test_fifty_requests_send_five_mails_an_hour(
    page: Page, context: Context, account: TestAccount
) -> None:
    """RAT-1: counted for the address in whatever letter case, with the same page each time."""
    page.get("/forgotten-password")
    answers = {ask(page, e).h1 for e in ("MORGAN@example.org", account.email) * 8}
    assert answers == {"Check your mail"}
    assert len(mails(context)) == 5


def test_neither_host_nor_a_doubled_address_changes_the_mail(
    page: Page, context: Context, account: TestAccount
) -> None:
    """LNK-5: a second ``email`` or a line break in it redirects nothing."""
    page.get("/forgotten-password")
    token = page.csrf_token()
    body = f"csrf_token={token}&email=morgan%40example.org&email=evil%40evil.example"
    form = "application/x-www-form-urlencoded"
    page.client.post("/forgotten-password", data=body, content_type=form,
                     base_url="http://localhost:8000",
                     headers={"X-Forwarded-Host": "evil.example"})  # fmt: skip
    page.submit("/forgotten-password", email="morgan@example.org\r\nBcc: evil@evil.example")
    (mail,) = mails(context)
    assert mail[1] == "morgan@example.org"
    assert mail[2]["link"].startswith("http://localhost:8000/")


def test_common_passwords_are_refused_with_the_reason(
    page: Page, context: Context, account: TestAccount
) -> None:
    """PWD-2: at a reset as everywhere."""
    open_link(page, context)
    page.submit(answer=account.hint_answer)
    refused = page.submit(password="password123")
    assert "tried first" in refused.errors
    assert "password123" not in refused.text
