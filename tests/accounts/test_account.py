"""The account's own pages: SES-6, LNK-6, HNT-3, PWD-2, PRV-2, and steps still missing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.accounts.safety_marks import SafetyMark
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

NEW = "four loud herons 88"
CHANGES = {
    "/account/email": {"email": "new@example.org"},
    "/account/phone": {"phone": "617 555 0199"},
    "/account/password": {"current_password": PASSWORD, "password": NEW},
    "/account/hint": {"question": "dream_place", "answer": "Valparaiso"},
    "/account/authenticator": {"code": "000000"},
    "/account/authenticator/picture": {},
    "/account/recovery-codes": {},
}


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context, participant_id="P")


@pytest.fixture
def me(page: Page, account: TestAccount, clock: Clock) -> Page:
    """A browser in which the account has just signed in."""
    sign_in(page, account, clock, follow=False)
    return page


def stored(context: Context) -> tuple[object, ...]:
    columns = (Account.email, Account.new_email, Account.phone, Account.password_hash,
               Account.hint_hash, Account.recovery_kept_at)  # fmt: skip
    with context.database.session() as session:
        return tuple(session.execute(select(*columns)).one())


@pytest.mark.parametrize("path", CHANGES)
def test_sensitive_changes_want_a_fresh_proof(
    me: Page, context: Context, clock: Clock, path: str
) -> None:
    """SES-6: six minutes after signing in each is answered by a challenge; nothing changes."""
    me.get("/account")
    before = stored(context)
    clock.forward(minutes=6)
    assert me.post(path, CHANGES[path]).h1 == "Show that it is you"
    assert stored(context) == before
    assert mails(context) == []


def test_a_fresh_proof_leads_back_to_the_change_with_what_was_typed(
    me: Page, account: TestAccount, clock: Clock
) -> None:
    """SES-6: password and a new code; then the form as it was filled in."""
    me.get("/account/email")
    clock.forward(minutes=6)
    assert me.submit(email="new@example.org").h1 == "Show that it is you"
    wrong = me.submit(password="wrong", code=account.totp_now(clock))
    assert "Check your password" in wrong.errors
    seen = me.submit(password=PASSWORD, code=account.totp_now(clock))
    assert seen.h1 == "Change your e-mail address"
    assert 'value="new@example.org"' in seen.text


def test_the_challenge_leads_only_within_this_site(
    me: Page, account: TestAccount, clock: Clock
) -> None:
    """INJ-4."""
    me.get("/account/authentication", query_string={"next": "//evil.example"})
    seen = me.submit(password=PASSWORD, code=account.totp_now(clock), follow=False)
    assert seen.headers["Location"] == "/account"


def test_another_password_ends_the_other_sessions_and_is_told(
    me: Page, other_page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """LNK-6: the current password is asked for; this session stays, all others end."""
    sign_in(other_page, account, clock, follow=False)
    me.get("/account/password")
    assert "you use now" in me.submit(current_password="wrong", password=NEW).errors
    assert me.submit(current_password=PASSWORD, password=NEW).h1 == "Account"
    assert me.get("/account").h1 == "Account"
    assert other_page.get("/account").h1 == "Sign in"
    assert sorted(m[:2] for m in mails(context)) == [
        ("new_device", account.email),
        ("password_changed", account.email),
    ]


def test_an_easy_password_is_refused_with_its_reason(me: Page) -> None:
    """PWD-2: common, made of the agency's name or the address, too short."""
    me.get("/account/password")
    for password, reason in (("password123", "tried first"), ("morgan@example", "not made of"),
                             ("ChildSupport2026", "not made of"), ("short1!", "8 characters")):  # fmt: skip
        seen = me.submit(current_password=PASSWORD, password=password)
        assert reason in seen.errors, password


def test_another_address_counts_once_its_link_was_followed(
    me: Page, other_page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """LNK-6, LNK-4: both addresses are told; opening the link alone changes nothing."""
    sign_in(other_page, account, clock, follow=False)
    me.get("/account/email")
    assert me.submit(email="new@example.org").h1 == "Check your new mailbox"
    assert {m[:2] for m in mails(context)} == {
        ("confirm_new_email", "new@example.org"),
        ("email_change_asked", account.email),
        ("new_device", account.email),
    }
    me.get(newest_link(context, "confirm_new_email"))
    assert account.email in me.get("/account").words
    me.get("/account/email/confirmation")
    assert me.submit("/account/email/confirmation").h1 == "Your e-mail address was changed"
    assert "new@example.org" in me.get("/account").words
    assert other_page.get("/account").h1 == "Sign in"
    told = {m[:2] for m in mails(context, "email_changed")}
    assert told == {("email_changed", account.email), ("email_changed", "new@example.org")}
    assert "Check your e-mail" in give_password(other_page, account).errors
    account.email = "new@example.org"
    assert give_password(other_page, account).h1 == "Enter your code"


def test_an_address_with_an_account_is_told_by_mail_only(
    me: Page, context: Context, clock: Clock
) -> None:
    """ENU-1: the page is the same."""
    make_account(context, email="taken@example.org")
    me.get("/account/email")
    assert me.submit(email="taken@example.org").h1 == "Check your new mailbox"
    assert ("already_registered", "taken@example.org") in {m[:2] for m in mails(context)}


def test_the_phone_and_the_hint_change_with_a_mail(me: Page, context: Context) -> None:
    """HNT-3: each change is told; the answer is nowhere to be seen."""
    me.get("/account/phone")
    assert "(617) 555-0199" in me.submit(phone="617.555.0199", no_phone=None).words
    me.get("/account/hint")
    seen = me.submit(question="dream_place", answer="Valparaiso")
    assert "What place have you always" in seen.words
    assert "Valparaiso" not in seen.text
    assert {m[0] for m in mails(context)} == {"phone_changed", "hint_changed"}


def test_a_parent_marks_the_own_account_once(me: Page, context: Context) -> None:
    """PRV-2: the mark hides and never shuts out; it cannot be lifted here."""
    me.get("/account/safety")
    seen = me.submit("/account/safety")
    assert "Your account is marked" in seen.words
    assert not seen.document.query("main form")
    assert me.get("/account").h1 == "Account"
    with context.database.session() as session:
        mark = session.get(SafetyMark, "P")
        assert mark is not None
        assert (mark.marked, mark.set_by) == (True, "parent")


def test_extra_fields_are_ignored(me: Page, context: Context, account: TestAccount) -> None:
    """ACL-2: nobody sets a kind, a person or a state of an account by adding fields."""
    me.get("/account/phone")
    me.submit(phone="617 555 0199", no_phone=None, kind="staff", participant_id="X",
              disabled_at="", email_confirmed_at="", role="staff")  # fmt: skip
    with context.database.session() as session:
        found = session.get(Account, account.id)
        assert found is not None
        assert (found.kind, found.participant_id) == ("parent", "P")


@pytest.mark.parametrize(
    ("lacks", "heading"),
    [
        ({"confirmed": False}, "Confirm your e-mail address"),
        ({"answered_phone": False}, "Your cell phone"),
        ({"has_hint": False}, "Choose a security hint"),
        ({"totp": False}, "Protect your account"),
        ({"has_recovery_codes": False}, "Keep your recovery codes"),
    ],
    ids=["e-mail", "phone", "hint", "factor", "codes"],
)
def test_an_account_that_lacks_a_step_is_led_to_it(
    page: Page, context: Context, clock: Clock, lacks: dict[str, bool], heading: str
) -> None:
    """Also accounts made earlier: no page opens before, by GET or by POST."""
    account = make_account(context, **lacks)
    seen = give_password(page, account)
    if account.totp_secret:
        seen = page.submit("/sign-in/code", code=account.totp_now(clock))
    assert seen.h1 == heading
    for path in ("/account", "/account/safety", "/"):
        assert page.get(path).h1 == heading
    assert page.post("/account/phone", {"phone": "617 555 0199"}).h1 == heading


def test_the_missing_steps_can_be_taken(page: Page, context: Context, clock: Clock) -> None:
    """E-mail, phone and hint, one after the other, then the account opens."""
    account = make_account(context, confirmed=False, answered_phone=False, has_hint=False)
    sign_in(page, account, clock, follow=True)
    page.submit("/sign-in/email")
    assert page.get(newest_link(context, "confirm_email")).h1 == "Confirm your e-mail address"
    page.submit("/sign-in/email-confirmation")
    assert page.get("/account").h1 == "Your cell phone"
    assert page.submit(phone="", no_phone="y").h1 == "Choose a security hint"
    page.submit(question="dream_place", answer="Valparaiso", follow=False)
    assert page.get("/account").h1 == "Account"


def test_a_recovery_code_proves_the_owner_too(me: Page, account: TestAccount, clock: Clock) -> None:
    """SES-6, OTP-4: who lost the phone can still set up another one."""
    clock.forward(minutes=6)
    assert me.get("/account/authenticator").h1 == "Show that it is you"
    seen = me.submit(password=PASSWORD, code=account.codes[0])
    assert seen.h1 == "Set up a new authenticator app"
