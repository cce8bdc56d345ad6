"""Many real requests at one moment, on SQLite and PostgreSQL: PWD-5, ENU-1, OTP-1, LNK-2, RCV-1."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from flask import Flask

from portal import create_app
from portal.context import Context, open_context
from tests.support.accounts import (
    TestAccount,
    give_password,
    mails,
    make_account,
    newest_link,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import ORIGIN, Page

SPELLINGS = ("morgan@example.org", "MORGAN@Example.org", " Morgan@example.ORG ")
NOBODYS = ("nobody@example.org", "NOBODY@Example.org", " Nobody@example.ORG ")


@pytest.fixture(
    params=["context", pytest.param("postgresql_context", marks=pytest.mark.postgresql)],
    ids=["sqlite", "postgresql"],
)
def served(request: pytest.FixtureRequest) -> Context:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Context)
    return found


@pytest.fixture
def app(served: Context) -> Flask:
    return create_app(context=served)


@pytest.fixture
def account(served: Context) -> TestAccount:
    return make_account(served)


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


def at_once(acts: list[Callable[[], str]]) -> list[str]:
    """What each of the acts came to, all begun at one moment."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], str]) -> str:
        start.wait(timeout=60)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def posting(page: Page, path: str, headers: dict[str, str], **fields: str) -> Callable[[], str]:
    """A post that is ready to be sent; it comes to the status and where it leads."""
    page.get(path)
    data = {**fields, "csrf_token": page.csrf_token()}

    def send() -> str:
        answer = page.client.post(path, data=data, headers=headers, base_url=ORIGIN)
        said = "too many tries" if "too many tries" in answer.get_data(as_text=True) else ""
        return f"{answer.status_code} {answer.headers.get('Location', '')}{said}"

    return send


def wave(app: Flask, spellings: tuple[str, ...], times: int) -> list[str]:
    """Wrong passwords at one moment: a browser, a network address and a spelling each."""
    acts = []
    for number in range(times):
        browser = Page(app, lint=False)
        browser.client.set_cookie("device", f"{number:A<43}", domain="localhost")
        forged = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"198.51.100.{number}"}
        email = spellings[number % len(spellings)]
        acts.append(posting(browser, "/sign-in", forged, email=email, password=f"wrong {number}"))
    return at_once(acts)


def test_fifty_wrong_passwords_in_ten_minutes(
    served: Context, app: Flask, account: TestAccount, clock: Clock, compared: list[str]
) -> None:
    """PWD-5, ENU-1: in five waves, each with a restart before it: at most ten are compared, an
    unknown address is answered alike, and the owner signs in between them on a known device."""
    owner = Page(app)
    sign_in(owner, account, clock, follow=False)
    owner.get("/account")
    owner.submit("/sign-out", follow=False)
    attacked = unknown = 0
    for _ in range(5):
        restarted = open_context(served.settings, clock)
        again = create_app(context=restarted)
        before = len(compared)
        known_said = wave(again, SPELLINGS, 10)
        attacked += len(compared) - before
        before = len(compared)
        unknown_said = wave(again, NOBODYS, 10)
        unknown += len(compared) - before
        assert Counter(known_said) == Counter(unknown_said)
        assert give_password(owner, account).h1 == "Enter your code"
        restarted.database.engine.dispose()
        clock.forward(minutes=2)
    assert 5 <= attacked <= 10
    assert attacked == unknown
    owner.submit("/sign-in/code", code=account.totp_now(clock), follow=False)
    assert owner.get("/account").h1 == "Account"


def half_signed_in(app: Flask, account: TestAccount, times: int) -> list[Page]:
    pages = [Page(app, lint=False) for _ in range(times)]
    for page in pages:
        assert give_password(page, account).h1 == "Enter your code"
    return pages


def test_one_code_of_the_app(app: Flask, account: TestAccount, clock: Clock) -> None:
    """OTP-1: twenty browsers, one is let in."""
    code = account.totp_now(clock)
    pages = half_signed_in(app, account, 20)
    came_to = at_once([posting(page, "/sign-in/code", {}, code=code) for page in pages])
    assert came_to.count("302 /") == 1
    assert sum(page.get("/account").h1 == "Account" for page in pages) == 1


def test_one_recovery_code(app: Flask, served: Context, account: TestAccount) -> None:
    """RCV-1: twenty browsers, one is let in, and one mail tells of it."""
    pages = half_signed_in(app, account, 20)
    path, code = "/sign-in/recovery-code", account.codes[4]
    came_to = at_once([posting(page, path, {}, code=code) for page in pages])
    assert came_to.count("302 /") == 1
    assert sum(page.get("/account").h1 == "Account" for page in pages) == 1
    assert len(mails(served, "recovery_code_used")) == 1


def test_one_reset_link(app: Flask, served: Context, account: TestAccount) -> None:
    """LNK-2: twenty browsers, one password is set, and one mail tells of it."""
    first = Page(app)
    first.get("/forgotten-password")
    first.submit("/forgotten-password", email=account.email)
    link = newest_link(served, "reset_password")
    first.get(link)
    first.submit(answer=account.hint_answer)
    acts, chosen = [], [f"four loud herons {number}" for number in range(20)]
    for password in chosen:
        page = Page(app, lint=False)
        page.get(link)
        acts.append(posting(page, "/forgotten-password/new-password", {}, password=password))
    came_to = at_once(acts)
    assert came_to.count("302 /forgotten-password/done") == 1
    assert came_to.count("410 ") == 19
    works = chosen[came_to.index("302 /forgotten-password/done")]
    assert give_password(Page(app), account, works).h1 == "Enter your code"
    assert len(mails(served, "password_changed")) == 1
