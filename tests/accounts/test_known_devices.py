"""Known devices: PWD-5, SES-5, and the mail about a new one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from portal import create_app
from portal.accounts import known_devices
from portal.accounts.check_code import check_code
from portal.accounts.known_devices import KnownDevice
from portal.accounts.models import Account
from portal.accounts.sign_in import check_password
from portal.context import Context
from tests.support.accounts import (
    TestAccount,
    bare_answer,
    give_password,
    mails,
    make_account,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.race import race, race_in_edges

SPELLINGS = ("morgan@example.org", "MORGAN@example.org", " Morgan@Example.org ")


def token(page: Page) -> str | None:
    found = page.client.get_cookie("device", domain="localhost")
    return found.value if found else None


def devices(context: Context) -> list[KnownDevice]:
    with context.database.session() as session:
        return list(session.scalars(select(KnownDevice)))


@pytest.fixture
def compared() -> Iterator[list[str]]:
    """Every real comparison of a password from here on, which goes on as ever."""
    done: list[str] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, *args: str) -> bool:
        done.append("")
        return bool(verify(self, *args))

    with patch.object(PasswordHasher, "verify", counting):
        yield done


@pytest.fixture
def account(page: Page, context: Context, clock: Clock) -> TestAccount:
    """An account whose owner signed in once in ``page`` and signed out again."""
    made = make_account(context)
    sign_in(page, made, clock, follow=False)
    page.get("/account")
    page.submit("/sign-out", follow=False)
    return made


def hammer(context: Context, clock: Clock, attacker: Page, times: int) -> list[str]:
    """Wrong passwords in every spelling, forged addresses and a made-up device cookie."""
    said = []
    for number in range(times):
        attacker.client.set_cookie("device", f"{number:A<43}", domain="localhost")
        attacker.get("/sign-in", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        seen = attacker.submit("/sign-in", email=SPELLINGS[number % 3], password="wrong")
        said.append(seen.errors)
        clock.forward(seconds=600 // times)
    return said


def test_fifty_parallel_wrong_passwords_come_to_at_most_ten_comparisons(
    page: Page, account: TestAccount, context: Context, clock: Clock, compared: list[str]
) -> None:
    """PWD-5: at one moment, in every spelling; and the owner's device still gets in."""
    now = clock()
    spelled = iter(SPELLINGS * 40)
    for _ in range(2):
        race_in_edges(
            context,
            lambda _session, edges: check_password(edges, context, next(spelled), "wrong", now),
            times=50,
        )
    assert 1 <= len(compared) <= 10
    assert give_password(page, account).h1 == "Enter your code"


def test_ten_minutes_of_wrong_passwords_with_a_restart_in_between(
    page: Page, account: TestAccount, context: Context, clock: Clock, compared: list[str]
) -> None:
    """PWD-5: at most ten comparisons in ten minutes; a stranger is told to wait, the owner is not,
    and the owner's success gives the stranger no more tries."""
    said = hammer(context, clock, Page(create_app(context=context)), 25)
    tries = len(compared)
    assert give_password(page, account).h1 == "Enter your code"
    done = page.submit("/sign-in/code", code=account.totp_now(clock), follow=False)
    assert done.status == 302
    clock.forward(seconds=-300)
    after_restart = Page(create_app(context=context))
    said += hammer(context, clock, after_restart, 25)[:12]
    assert "too many tries" in said[-1]
    assert tries <= 10
    assert len(compared) - 1 <= 10  # the one is the owner's own


def test_a_hammered_account_answers_like_an_unknown_address(
    other_page: Page, account: TestAccount, context: Context, compared: list[str]
) -> None:
    """ENU-1, PWD-5: try by try the same status, headers and page, with the same work."""
    other_page.client.set_cookie("device", "A" * 43, domain="localhost")
    for _ in range(8):
        answers, work = [], []
        for email in ("morgan@example.org", "nobody@example.org"):
            before = len(compared)
            other_page.get("/sign-in")
            seen = other_page.submit("/sign-in", email=email, password="wrong")
            seen.text = seen.text.replace(email, "…")
            answers.append(bare_answer(seen))
            work.append(len(compared) - before)
        assert answers[0] == answers[1]
        assert work[0] == work[1]


def test_wrong_codes_of_a_stranger_do_not_keep_the_owner_out(
    page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    """OTP-3, PWD-5: fifty wrong codes by one who knows the password come to ten comparisons, and
    the owner's code is taken on the known device."""
    now = clock()

    def wrong(session: object) -> bool:
        found = session.get(Account, account.id)  # type: ignore[attr-defined]
        return check_code(session, context, found, "000000", now).closed_until is None  # type: ignore[arg-type]

    assert race(context, wrong, times=50).count(True) == 10
    give_password(page, account)
    seen = page.submit("/sign-in/code", code=account.totp_now(clock), follow=False)
    assert seen.status == 302


def test_a_known_device_has_no_endless_tries(
    page: Page, account: TestAccount, compared: list[str]
) -> None:
    """PWD-5: a stolen device cookie is throttled like everyone else."""
    for _ in range(12):
        seen = give_password(page, account, "wrong")
    assert "too many tries" in seen.errors
    assert len(compared) <= 10


def test_the_password_of_one_signed_in_is_counted_apart(
    page: Page, other_page: Page, context: Context, clock: Clock
) -> None:
    """PWD-5, SES-6: strangers cannot keep a person who is signed in from proving it."""
    account = make_account(context)
    sign_in(page, account, clock, follow=False)
    hammer(context, clock, other_page, 10)
    page.get("/account/password")
    assert page.submit(password=account.password, code=account.totp_now(clock)).h1 != "Sign in"
    assert page.get("/account/password").h1 == "Change your password"


def test_the_cookie_of_a_device_is_opaque_and_signs_nobody_in(
    page: Page, account: TestAccount, context: Context
) -> None:
    """SES-5: 256 random bits of which the database keeps a hash; no remember-me."""
    held = token(page)
    assert held is not None
    assert len(held) == 43
    (row,) = devices(context)
    assert row.token_hash == hashlib.sha256(held.encode()).hexdigest()
    assert page.get("/account").h1 == "Sign in"
    assert give_password(page, account).h1 == "Enter your code"


def test_only_a_complete_sign_in_makes_a_device_known(
    page: Page, context: Context, clock: Clock
) -> None:
    """PWD-5, OTP-5: the password alone does not."""
    account = make_account(context)
    give_password(page, account)
    assert token(page) is None
    assert devices(context) == []
    page.submit("/sign-in/code", code=account.totp_now(clock), follow=False)
    assert len(devices(context)) == 1


def test_a_planted_token_is_not_adopted(page: Page, context: Context, clock: Clock) -> None:
    """SES-1 by analogy: nobody chooses the token of somebody else's device."""
    page.client.set_cookie("device", "A" * 43, domain="localhost")
    sign_in(page, make_account(context), clock, follow=False)
    assert token(page) != "A" * 43


def test_a_device_is_known_to_the_account_that_was_signed_in_there_only(
    page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    """PWD-5: two people of one household share a browser; each earns it alone."""
    second = make_account(context, email="robin@example.org")
    with context.database.session() as session:
        now = clock()
        assert known_devices.find(session, account.id, token(page), now) is not None
        assert known_devices.find(session, second.id, token(page), now) is None
    held = token(page)
    sign_in(page, second, clock, follow=False)
    assert token(page) == held
    assert len(devices(context)) == 2


def test_a_new_device_is_told_by_mail_but_not_the_first_one_nor_a_known_one(
    page: Page, other_page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    """SES-4, LNK-6: the mail names the kind of device and no place."""
    assert mails(context) == []
    sign_in(page, account, clock, follow=False)
    assert mails(context) == []
    other_page.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone) CriOS/1 Safari/1"
    sign_in(other_page, account, clock, follow=False)
    ((name, to, words),) = mails(context)
    assert (name, to, words["device"]) == ("new_device", account.email, "Chrome, iPhone")


def test_a_device_not_seen_for_a_year_is_forgotten(
    page: Page, account: TestAccount, context: Context, clock: Clock
) -> None:
    clock.forward(days=366)
    with context.database.session() as session:
        assert known_devices.find(session, account.id, token(page), clock()) is None
    sign_in(page, account, clock, follow=False)
    assert [m[0] for m in mails(context)] == ["new_device"]


def test_leaving_this_site_forgets_the_device_and_signing_out_does_not(
    page: Page, context: Context, clock: Clock
) -> None:
    """CCH-1, PWD-5."""
    sign_in(page, make_account(context), clock, follow=False)
    page.get("/account")
    assert "cookies" not in page.submit("/sign-out", follow=False).headers["Clear-Site-Data"]
    page.get("/sign-in")
    assert "cookies" in page.submit("/leave", follow=False).headers["Clear-Site-Data"]
