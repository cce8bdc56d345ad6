"""Slow hashes hold no lock: while one parent signs in, others go on writing (PWD-4, PWD-5)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update

from portal.accounts.card_models import Card
from portal.accounts.models import Account, RecoveryCode
from portal.accounts.sign_in import check_password, own_password_is_right
from portal.context import Context
from portal.security.models import Throttle
from portal.security.passwords import Passwords, passwords
from portal.web.edge import Edges
from portal.web.models import SessionRow
from tests.accounts.test_card import give_card, number, printed
from tests.accounts.test_register import confirm, register
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
from tests.support.authenticator import code_at
from tests.support.clock import Clock
from tests.support.page import Page

NEW = "four loud herons 88"


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context)


@pytest.fixture
def hashes(context: Context) -> Iterator[list[str]]:
    """Each hash made or compared from here on; somebody else takes the write lock meanwhile."""
    done: list[str] = []
    passwords(context.settings)  # makes its stand-in for unknown addresses once
    path = Path(context.database.url.database or "")
    verify, hash_ = PasswordHasher.verify, PasswordHasher.hash

    def write_meanwhile(what: str) -> None:
        with sqlite3.connect(path, timeout=0.2, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")  # "database is locked" where the request holds it
            other.execute("ROLLBACK")
        other.close()
        done.append(what)

    def checking(self: PasswordHasher, *args: str) -> bool:
        write_meanwhile("compared")
        return bool(verify(self, *args))

    def making(self: PasswordHasher, *args: str) -> str:
        write_meanwhile("made")
        return str(hash_(self, *args))

    with (
        patch.object(PasswordHasher, "verify", checking),
        patch.object(PasswordHasher, "hash", making),
    ):
        yield done


def test_registering(page: Page, context: Context, clock: Clock, hashes: list[str]) -> None:
    """From the password to the ten recovery codes."""
    add_person(context)
    register(page)
    assert hashes == ["made", "compared", "made"]  # password; hint: not the password; hint
    confirm(page, context, "wrong")
    confirm(page, context)
    secret = page.submit("/picture").document.query(".secret code")[0].to_text()
    seen = page.submit("/sign-in/authenticator", code=code_at(secret, clock().timestamp()))
    assert seen.h1 == "Keep your recovery codes"
    assert hashes[3:] == ["compared"] * 2 + ["made"] * 10


def test_signing_in(page: Page, account: TestAccount, hashes: list[str]) -> None:
    """Wrong, unknown and right; with a recovery code, wrong and right."""
    give_password(page, account, "wrong")
    page.get("/sign-in")
    page.submit("/sign-in", email="nobody@example.org", password="wrong")
    give_password(page, account)
    page.get("/sign-in/recovery-code")
    page.submit(code=account.codes[0][:-1] + "0")
    assert page.submit(code=account.codes[1], follow=False).status == 302
    assert hashes == ["compared"] * 5


def test_a_printed_card(page: Page, context: Context, clock: Clock, hashes: list[str]) -> None:
    """Drawn, typed back wrong and right, given at signing in, and once more before a change."""
    account = make_account(context, totp=False)
    give_password(page, account)
    del hashes[:]
    codes = printed(page.submit("/sign-in/authenticator/card"))
    proof = page.get("/sign-in/authenticator/card/proof")
    page.submit(code="AAAA-BBBB")
    page.submit(code=codes[number(proof) - 1])
    assert hashes == ["made"] * 20 + ["compared"] * 2 + ["made"] * 10
    keep_codes(page)
    page.submit("/sign-out")
    seen = give_password(page, account)
    del hashes[:]
    page.submit(code="AAAA-BBBB")
    page.submit(code=codes[number(seen) - 1])
    assert hashes == ["compared"] * 2
    clock.forward(minutes=6)
    wanted = page.get("/account/card/codes")
    del hashes[:]
    seen = page.submit("/account/authentication", password=account.password,
                       code=codes[number(wanted) - 1])  # fmt: skip
    assert seen.h1 == "Make a card"
    assert hashes == ["compared"] * 2


def test_a_card_removed_while_its_code_was_compared_opens_nothing(
    page: Page, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OTP-1: whether it still is the account's is read anew after the comparison."""
    account = make_account(context)
    codes = give_card(context, account)
    give_password(page, account)
    seen = page.get("/sign-in/card")
    check = Passwords.check

    def slow(self: Passwords, stored: str | None, secret: str) -> object:
        found = check(self, stored, secret)
        with context.database.transaction() as session:
            session.execute(update(Card).values(ended_at=context.now()))
        return found

    monkeypatch.setattr(Passwords, "check", slow)
    page.submit(code=codes[number(seen) - 1])
    assert page.get("/account").h1 == "Enter your code"


def test_a_forgotten_password(
    page: Page, context: Context, account: TestAccount, hashes: list[str]
) -> None:
    """The answer to the hint, wrong and right, and the new password."""
    page.get("/forgotten-password")
    page.submit("/forgotten-password", email=account.email)
    page.get(newest_link(context, "reset_password"))
    page.submit(answer="not this")
    page.submit(answer=account.hint_answer)
    assert page.submit(password=NEW).h1 == "Your password was changed"
    assert hashes == ["compared", "compared", "made"]


def test_changes_of_the_account(
    page: Page, clock: Clock, account: TestAccount, hashes: list[str]
) -> None:
    """The owner proved again, password, hint, recovery codes."""
    sign_in(page, account, clock)
    clock.forward(minutes=6)
    del hashes[:]
    page.get("/account/password")
    page.submit(password=account.password, code=account.codes[2])
    assert hashes == ["compared"] * 2
    page.get("/account/password")
    assert page.submit(current_password=PASSWORD, password=NEW).h1 == "Account"
    page.get("/account/hint")
    page.submit(question="first_job", answer="Paper route")
    page.get("/account/recovery-codes")
    assert page.submit().h1 == "Keep your recovery codes"
    assert hashes[2:] == ["made", "compared", "compared", "made"] + ["made"] * 10


def meanwhile(monkeypatch: pytest.MonkeyPatch, context: Context, **values: object) -> None:
    """Change every account while its password is compared."""
    check = Passwords.check

    def slow(self: Passwords, stored: str | None, secret: str) -> object:
        found = check(self, stored, secret)
        with context.database.transaction() as session:
            session.execute(update(Account).values(**values))
        return found

    monkeypatch.setattr(Passwords, "check", slow)


@pytest.mark.parametrize("what", ["disabled_at", "password_hash"])
def test_what_changed_while_a_password_was_compared_counts(
    page: Page, context: Context, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """PWD-5, LNK-6: a password that was changed, or an account disabled, at that moment opens
    nothing."""
    account = make_account(context)
    value = context.now() if what == "disabled_at" else "$argon2id$another"
    meanwhile(monkeypatch, context, **{what: value})
    assert "Check your e-mail address" in give_password(page, account).errors
    with context.database.session() as session:
        assert session.scalar(select(func.count()).select_from(SessionRow)) == 0


def test_a_session_ended_while_a_code_was_compared_is_over(
    page: Page, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SES-2: no code is used up, and nobody is signed in."""
    account = make_account(context)
    give_password(page, account)
    page.get("/sign-in/recovery-code")
    check = Passwords.check

    def slow(self: Passwords, stored: str | None, secret: str) -> object:
        found = check(self, stored, secret)
        with context.database.transaction() as session:
            session.execute(update(SessionRow).values(ended_at=context.now()))
        return found

    monkeypatch.setattr(Passwords, "check", slow)
    seen = page.submit(code=account.codes[0], follow=False)
    assert (seen.status, seen.headers["Location"]) == (302, "/sign-in?ended=1")
    with context.database.session() as session:
        assert set(session.scalars(select(RecoveryCode.used_at))) == {None}


def test_a_request_that_dies_while_comparing_has_used_up_its_try(
    context: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PWD-5: whoever breaks requests off gets no further tries."""
    account = make_account(context)

    def die(*_args: object) -> None:
        raise SystemExit

    monkeypatch.setattr(Passwords, "check", die)
    for counted in (1, 2):
        with context.database.session() as session, pytest.raises(SystemExit):
            check_password(Edges(session), context, account.email, "wrong", clock())
        with context.database.session() as session:
            assert session.scalars(select(Throttle.count)).one() == counted


def test_the_count_ends_with_a_right_password(context: Context, clock: Clock) -> None:
    """PWD-5: what was reserved is forgotten then; of a right hint answer, taken back."""
    account = make_account(context)
    for password, counted in (("wrong", 1), ("wrong", 2), (account.password, 0)):
        with context.database.session() as session:
            owner = session.get(Account, account.id)
            assert owner is not None
            is_right = own_password_is_right(Edges(session), context, owner, password, clock())
            session.commit()
            assert is_right is (counted == 0)
            assert session.scalars(select(Throttle.count)).one() == counted
