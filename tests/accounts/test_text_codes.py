"""Codes by text message: REG-3, RAT-1, OTP-3, ENU-1, SES-6, and that staff never get them."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import disown, text_factor
from portal.accounts.check_code import check_code
from portal.accounts.find_account import phone_of
from portal.accounts.models import Account
from portal.accounts.remove_factor import LastFactor, remove
from portal.accounts.safety_marks import set_mark
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.notices.models import OutboxItem
from portal.notices.worker import run_once
from portal.security import links, text_codes
from portal.security.models import TextCode
from portal.security.text_codes import TextPurpose
from portal.settings import Settings
from tests.support.accounts import (
    PASSWORD,
    TestAccount,
    bare_answer,
    give_password,
    keep_codes,
    mails,
    make_account,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.race import race

PHONE = "+16175550112"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The agency sends texts."""
    return dataclasses.replace(settings, text_url=f"folder:{tmp_path}/texts")


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context, participant_id="P", phone=PHONE)


@pytest.fixture
def texted(context: Context) -> TestAccount:
    """An account whose only second factor is its phone."""
    account = make_account(context, participant_id="P", phone=PHONE, totp=False,
                           has_recovery_codes=True)  # fmt: skip
    with context.database.transaction() as session:
        loaded(session, account).texts_since = context.now()
    return account


def loaded(session: Session, account: TestAccount) -> Account:
    found = session.get(Account, account.id)
    assert found is not None
    return found


def newest_code(context: Context) -> str:
    """The digits of the one text message that is still due."""
    codes = [words["code"] for _, _, words in mails(context, "text_code") if words]
    assert len(codes) == 1, f"{len(codes)} live codes"
    return codes[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def events(context: Context, name: str) -> list[str]:
    with context.database.session() as session:
        chosen = select(AuditEvent.outcome).where(AuditEvent.name == name)
        return list(session.scalars(chosen))


def texts_since(context: Context, account: TestAccount) -> object:
    with context.database.session() as session:
        return loaded(session, account).texts_since


# -- the phone is confirmed ----------------------------------------------------------------------


def test_a_phone_is_confirmed_by_the_code_sent_to_it(
    page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """REG-3: the number alone is not enough; told by mail and in the trail."""
    sign_in(page, account, clock, follow=False)
    assert "Codes by text message None" in page.get("/account").words
    page.get("/account/text-codes")
    assert page.submit(phone="617 555 0199").h1 == "Confirm your cell phone"
    code = newest_code(context)
    assert page.submit(code=wrong(code)).errors
    assert texts_since(context, account) is None
    assert "Your phone is confirmed" in page.submit(code=f"{code[:3]} {code[3:]}").text
    with context.database.session() as session:
        assert phone_of(context.sealer, loaded(session, account)) == "+16175550199"
    told = [m[0] for m in mails(context) if m[0] != "text_code"]
    assert sorted(told) == ["phone_changed", "text_codes_added"]
    assert events(context, "account:text-codes:added") == ["success"]
    assert "Sent to (617) 555-0199" in page.get("/account").words
    assert "Codes by text message were set up" in page.get("/account/history").words


def test_it_can_be_the_first_second_factor(page: Page, context: Context) -> None:
    """S1: offered after passkey and app; recovery codes come with it."""
    account = make_account(context, totp=False)
    seen = give_password(page, account)
    text = seen.text
    assert (
        text.index("fingerprint or face")
        < text.index("authenticator app")
        < text.index("Use codes by text message")
    )
    page.get("/sign-in/text-codes")
    assert page.submit(phone="617-555-0112").h1 == "Confirm your cell phone"
    assert page.get("/account").h1 == "Protect your account"
    page.get("/sign-in/text-codes/confirmation")
    assert page.submit(code=newest_code(context)).h1 == "Keep your recovery codes"
    keep_codes(page)
    assert page.get("/account").h1 == "Account"


def test_a_code_to_confirm_a_phone_signs_nobody_in(context: Context, texted: TestAccount) -> None:
    """REG-3: a code of one purpose is nothing at the other."""
    now = context.now()
    with context.database.transaction() as session:
        text_factor.ask_phone(session, context, loaded(session, texted), "+16175550199", now)
    code = newest_code(context)
    with context.database.transaction() as session:
        assert not check_code(session, context, loaded(session, texted), code, now).is_right
    with context.database.transaction() as session:
        text_factor.send_code(session, context, loaded(session, texted), now)
    code = newest_code(context)
    with context.database.transaction() as session:
        account = loaded(session, texted)
        assert not text_factor.confirm_phone(session, context, account, code, now).is_right


def test_a_marked_parent_is_warned_of_shared_phones(
    page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """PRV-2."""
    sign_in(page, account, clock, follow=False)
    warning = "others may see the message"
    assert warning not in page.get("/account/text-codes").words
    with context.database.transaction() as session:
        set_mark(session, "P", set_by="parent", now=context.now())
    assert warning in page.get("/account/text-codes").words


# -- signing in ----------------------------------------------------------------------------------


def test_signing_in_with_a_code_by_text_message(
    page: Page, context: Context, texted: TestAccount
) -> None:
    """REG-3: once, and only its last two digits tell which phone."""
    seen = give_password(page, texted)
    assert "Send a code to the phone ending in 12" in seen.words
    assert "555" not in seen.words
    assert mails(context) == []
    assert page.submit("/message").h1 == "Enter the code we sent"
    code = newest_code(context)
    assert page.submit("/sign-in/text-code", code=wrong(code)).errors
    assert page.submit("/sign-in/text-code", code=code, follow=False).status == 302
    assert page.get("/account").h1 == "Account"
    give_password(page, texted)
    page.get("/sign-in/text-code")
    assert page.submit("/sign-in/text-code", code=code).errors


def test_a_code_lives_ten_minutes_and_the_newest_only(
    page: Page, context: Context, texted: TestAccount, clock: Clock
) -> None:
    """REG-3."""
    give_password(page, texted)
    page.submit("/message")
    first = newest_code(context)
    page.submit("/message")
    assert page.submit("/sign-in/text-code", code=first).errors
    second = newest_code(context)
    clock.forward(minutes=10)
    assert page.submit("/sign-in/text-code", code=second).errors
    page.submit("/message")
    third = newest_code(context)
    clock.forward(minutes=9, seconds=59)
    assert page.submit("/sign-in/text-code", code=third, follow=False).status == 302


def test_ten_wrong_guesses_shut_the_right_one_out(
    page: Page, context: Context, texted: TestAccount
) -> None:
    """REG-3, OTP-3: also over fresh codes and other sign-ins."""
    give_password(page, texted)
    page.submit("/message")
    code = newest_code(context)
    for _ in range(10):
        page.submit("/sign-in/text-code", code=wrong(code))
    give_password(page, texted)
    page.get("/sign-in/text-code")
    assert "too many tries" in page.submit("/sign-in/text-code", code=code).errors


def test_five_messages_an_hour_and_ten_a_day(
    page: Page, context: Context, texted: TestAccount, clock: Clock
) -> None:
    """RAT-1: for one account; the page says how long to wait."""
    give_password(page, texted)
    sent = []
    for _ in range(30):
        seen = page.post("/sign-in/text-code/message")
        sent.append(len(mails(context, "text_code")))
        if "too many tries" in seen.text:
            clock.forward(minutes=61)
            give_password(page, texted)
    assert sent[5] == 5
    assert max(sent) == 10


def test_one_phone_is_not_flooded_through_many_accounts(context: Context) -> None:
    """RAT-1: counted for the phone too."""
    now, until = context.now(), []
    for number in range(3):
        account = make_account(context, participant_id=str(number), email=f"a{number}@example.org")
        for _ in range(3):
            with context.database.transaction() as session:
                found = loaded(session, account)
                until.append(text_factor.ask_phone(session, context, found, PHONE, now))
    assert until.count(None) == 5


def test_a_code_authenticates_once_more(
    page: Page, context: Context, texted: TestAccount, clock: Clock
) -> None:
    """SES-6: password and a fresh code."""
    give_password(page, texted)
    page.submit("/message")
    page.submit("/sign-in/text-code", code=newest_code(context))
    clock.forward(minutes=6)
    assert page.get("/account/password").h1 == "Show that it is you"
    seen = page.submit("/account/authentication/text-code")
    assert seen.h1 == "Show that it is you"
    assert "We sent a code" in seen.text
    seen = page.submit("/account/authentication", password=PASSWORD, code=newest_code(context))
    assert seen.response.request.path == "/account/password"


def test_nothing_is_sent_before_the_password_was_right(
    page: Page, context: Context, texted: TestAccount
) -> None:
    """ENU-1, RAT-1: and who has texts is answered as who does not exist."""
    answers = []
    for email in (texted.email, "nobody@example.org"):
        page.get("/sign-in")
        seen = page.submit("/sign-in", email=email, password="wrong password 5")
        seen.text = seen.text.replace(email, "…")
        status, headers, text = bare_answer(seen)
        answers.append((status, [h for h in headers if h[0] != "Content-Length"], text))
        assert page.post("/sign-in/text-code/message").h1 == "Sign in"
    assert answers[0] == answers[1]
    assert mails(context) == []


def test_another_account_s_code_is_nothing(context: Context, texted: TestAccount) -> None:
    """ACL-1: the code belongs to the account it was made for."""
    other = make_account(context, participant_id="Q", email="other@example.org", phone=PHONE)
    now = context.now()
    with context.database.transaction() as session:
        loaded(session, other).texts_since = now
        text_factor.send_code(session, context, loaded(session, other), now)
    code = newest_code(context)
    with context.database.transaction() as session:
        assert not check_code(session, context, loaded(session, texted), code, now).is_right


# -- races and what is stored --------------------------------------------------------------------


def test_twenty_uses_of_one_code_at_once_come_to_one(
    context: Context, texted: TestAccount, clock: Clock
) -> None:
    """REG-3, OTP-1: exactly one success in a race."""
    assert race_one_code(context, texted, clock()) == 1


def test_twenty_messages_asked_for_at_once_come_to_five(
    context: Context, texted: TestAccount, clock: Clock
) -> None:
    """RAT-1: parallel requests are all counted, and one code is live."""
    now = clock()
    answers = race(context, lambda s: text_factor.send_code(s, context, loaded(s, texted), now))
    assert answers.count(None) == 5
    newest_code(context)


@pytest.mark.postgresql
def test_twenty_uses_at_once_come_to_one_on_postgresql(
    postgresql_context: Context, clock: Clock, tmp_path: Path
) -> None:
    """REG-3, OTP-1: the same where writers do not wait for one lock."""
    context = dataclasses.replace(
        postgresql_context,
        settings=dataclasses.replace(postgresql_context.settings, text_url=f"folder:{tmp_path}"),
    )
    account = make_account(context, participant_id="P", phone=PHONE, totp=False)
    with context.database.transaction() as session:
        loaded(session, account).texts_since = clock()
    assert race_one_code(context, account, clock()) == 1
    code = newest_sent(context, account)

    def spend(session: Session) -> bool:  # without the throttle, which lets one in after the other
        purpose = TextPurpose.SIGN_IN
        row = text_codes.spend(session, context.keyring, account.id, purpose, code, clock())
        return row is not None

    assert race(context, spend).count(True) == 1


def newest_sent(context: Context, account: TestAccount) -> str:
    """Another code for the account's phone."""
    with context.database.transaction() as session:
        text_factor.send_code(session, context, loaded(session, account), context.now())
    return newest_code(context)


def race_one_code(context: Context, account: TestAccount, now: datetime) -> int:
    """How many of twenty parallel uses of one code succeeded."""
    code = newest_sent(context, account)
    answers = race(
        context, lambda s: check_code(s, context, loaded(s, account), code, now).is_right
    )
    return answers.count(True)


def test_no_code_and_no_phone_lie_open_in_the_database(
    context: Context, texted: TestAccount
) -> None:
    """REG-3."""
    with context.database.transaction() as session:
        text_factor.send_code(session, context, loaded(session, texted), context.now())
    code = newest_code(context)
    with context.database.session() as session:
        stored = b"".join(
            repr(vars(row)).encode() + row_bytes
            for model, field in ((TextCode, "phone"), (OutboxItem, "recipient"))
            for row in session.scalars(select(model))
            for row_bytes in (getattr(row, field),)
        )
    assert code.encode() not in stored
    assert PHONE.encode() not in stored


# -- switched off --------------------------------------------------------------------------------


def test_switching_off_is_told_and_never_takes_the_last_factor(
    page: Page, context: Context, texted: TestAccount, account_with_app: TestAccount, clock: Clock
) -> None:
    """PKY-3: no factor goes silently."""
    with context.database.transaction() as session, pytest.raises(LastFactor):
        remove(session, context, loaded(session, texted), text_factor.TEXTS, context.now())
    give_password(page, texted)
    page.submit("/message")
    page.submit("/sign-in/text-code", code=newest_code(context))
    seen = page.get("/account/text-codes/removal")
    assert "only thing that protects" in seen.words
    page.post("/account/text-codes/removal")
    page.get("/account/phone")
    assert "all that protects" in page.submit(phone="617 555 0199", no_phone=None).errors
    assert texts_since(context, texted) is not None
    page.submit("/sign-out")

    sign_in(page, account_with_app, clock, follow=False)
    page.get("/account/text-codes/removal")
    assert "no longer gets codes" in page.submit().text
    assert texts_since(context, account_with_app) is None
    assert [m[0] for m in mails(context, "text_codes_removed")] == ["text_codes_removed"]
    assert events(context, "account:text-codes:removed") == ["success"]


@pytest.fixture
def account_with_app(context: Context) -> TestAccount:
    """App and phone."""
    account = make_account(context, participant_id="Q", email="app@example.org", phone=PHONE)
    with context.database.transaction() as session:
        loaded(session, account).texts_since = context.now() - timedelta(days=30)
    return account


def test_another_number_gets_no_codes_before_it_is_confirmed(
    page: Page, context: Context, account_with_app: TestAccount, clock: Clock
) -> None:
    """REG-3: the factor ends with the number, with a mail; the same number changes nothing."""
    sign_in(page, account_with_app, clock, follow=False)
    page.get("/account/phone")
    page.submit(phone="(617) 555-0112", no_phone=None)
    assert texts_since(context, account_with_app) is not None
    page.get("/account/phone")
    page.submit(phone="617 555 0199", no_phone=None)
    assert texts_since(context, account_with_app) is None
    assert mails(context, "text_codes_removed")
    page.submit("/sign-out")
    assert "Send a code" not in give_password(page, account_with_app).words
    page.post("/sign-in/text-code/message")
    assert mails(context, "text_code") == []


def test_this_was_not_me_takes_a_stranger_s_phone_away(
    context: Context, account_with_app: TestAccount, texted: TestAccount
) -> None:
    """LNK-6: a phone confirmed since; never the only factor, never an older one."""
    now = context.now()
    for account, age, is_left in (
        (account_with_app, timedelta(days=30), True),
        (account_with_app, timedelta(minutes=1), False),
        (texted, timedelta(minutes=1), True),
    ):
        with context.database.transaction() as session:
            found = loaded(session, account)
            found.texts_since = now - age
            if found.totp is not None:
                found.totp.confirmed_at = now - timedelta(days=30)
            link = links.issue(session, links.Purpose.NOT_ME, found.id, found.id, now)
            assert disown.disown(session, context, link, found, now)
        assert (texts_since(context, account) is not None) is is_left


def test_staff_never_get_codes_by_text_message(context: Context, texted: TestAccount) -> None:
    """Decided for staff: passkey or authenticator app only."""
    now = context.now()
    with context.database.transaction() as session:
        found = loaded(session, texted)
        text_factor.send_code(session, context, found, now)
    code = newest_code(context)
    with context.database.transaction() as session:
        found = loaded(session, texted)
        found.kind = "staff"
        assert not text_factor.is_offered(context, found)
        assert not found.has_factor
        assert not check_code(session, context, found, code, now).is_right


# -- no gateway ----------------------------------------------------------------------------------


class TestWithoutGateway:
    """Nothing of it is offered; a confirmed phone still keeps a password alone out."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return dataclasses.replace(settings, text_url="")

    def test_nothing_is_offered(
        self, page: Page, context: Context, account: TestAccount, clock: Clock
    ) -> None:
        sign_in(page, account, clock, follow=False)
        assert "text message" not in page.get("/account").words
        assert page.get("/account/text-codes").status == 404
        page.submit("/sign-out")
        lacking = make_account(context, email="new@example.org", totp=False)
        assert "text message" not in give_password(page, lacking).words
        assert page.get("/sign-in/text-codes").status == 404

    def test_a_recovery_code_still_opens_the_account(self, page: Page, texted: TestAccount) -> None:
        seen = give_password(page, texted)
        assert seen.h1 == "Use a recovery code"
        assert page.post("/sign-in/text-code/message").h1 == "Use a recovery code"
        page.get("/sign-in/recovery-code")
        page.submit(code=texted.codes[0])
        assert page.get("/account").h1 == "Account"


def test_the_message_says_the_code_and_the_site_and_nothing_else(
    context: Context, texted: TestAccount, tmp_path: Path
) -> None:
    """PRV-3: through the outbox and the worker; a code too old is never sent."""
    with context.database.transaction() as session:
        text_factor.send_code(session, context, loaded(session, texted), context.now())
    code = newest_code(context)
    run_once(context, context.now())
    (file,) = (tmp_path / "texts").glob("*.eml")
    words = file.read_text("utf-8").partition("\n\n")[2].strip()
    assert words == f"{context.agency.names.site}: your code is {code}"
