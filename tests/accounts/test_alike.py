"""Known and unknown alike: ENU-1, ENU-2, CSR-1, and the mails of this room."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from portal.accounts.mail import SECURITY, WITH_LINK, WITHOUT_LINK
from portal.accounts.models import Account
from portal.context import Context
from portal.notices.models import OutboxItem
from portal.notices.registry import notice_of
from portal.notices.rendering import render
from portal.security.permissions import StaffRole
from tests.support.accounts import PASSWORD, add_person, bare_answer, make_account
from tests.support.page import Page, Seen
from tests.support.staff import make_staff

KINDS = ("known", "unknown", "unconfirmed", "disabled", "closed", "staff")


def address(kind: str) -> str:
    """Addresses of one length, so that Content-Length can be compared too."""
    return f"{kind:x<11}@example.org"


@pytest.fixture
def people(context: Context) -> None:
    """One address of each kind."""
    make_account(context, participant_id="1", email=address("known"))
    make_account(context, participant_id="2", email=address("unconfirmed"), confirmed=False)
    make_staff(context, StaffRole.SUPERVISOR, email=address("staff"))
    for number, kind in (("3", "disabled"), ("4", "closed")):
        account = make_account(context, participant_id=number, email=address(kind))
        with context.database.transaction() as session:
            found = session.get(Account, account.id)
            setattr(found, f"{kind}_at", context.now())


def differing(answers: list[tuple[int, list[tuple[str, str]], str]]) -> list[str]:
    """The lines in which the answers differ from the first of them."""
    first = [str(part) for part in (answers[0][0], *answers[0][1], *answers[0][2].splitlines())]
    found = []
    for status, headers, text in answers[1:]:
        lines = [str(part) for part in (status, *headers, *text.splitlines())]
        found += difflib.unified_diff(first, lines, lineterm="", n=0)
    return found


class Work:
    """How often a password was hashed or compared."""

    def __init__(self) -> None:
        self.done = 0


@pytest.fixture
def work() -> Iterator[Work]:
    """Counts real comparisons, which go on as ever."""
    counted = Work()
    verify, hash_ = PasswordHasher.verify, PasswordHasher.hash

    def counting_verify(self: PasswordHasher, *args: str) -> bool:
        counted.done += 1
        return bool(verify(self, *args))

    def counting_hash(self: PasswordHasher, *args: str) -> str:
        counted.done += 1
        return str(hash_(self, *args))

    with (
        patch.object(PasswordHasher, "verify", counting_verify),
        patch.object(PasswordHasher, "hash", counting_hash),
    ):
        yield counted


def mails_waiting(context: Context) -> int:
    with context.database.session() as session:
        return session.scalar(select(func.count()).select_from(OutboxItem)) or 0


def post_sign_in(page: Page, kind: str) -> Seen:
    page.get("/sign-in")
    seen = page.submit("/sign-in", email=address(kind), password="wrong password 5")
    seen.text = seen.text.replace(address(kind), "…")
    return seen


def test_a_wrong_password_is_answered_alike(
    page: Page, context: Context, people: None, work: Work
) -> None:
    """ENU-1, ENU-2: status, headers, cookies, page, the work done and the mails made."""
    answers, works = [], []
    for kind in KINDS:
        before = work.done
        answers.append(bare_answer(post_sign_in(page, kind)))
        works.append(work.done - before)
    assert "\n".join(differing(answers)) == ""
    assert set(works) == {1}
    assert mails_waiting(context) == 0


def test_the_right_password_of_a_disabled_account_is_answered_as_a_wrong_one(
    page: Page, context: Context, people: None
) -> None:
    """ENU-1."""
    for kind in ("disabled", "closed"):
        page.get("/sign-in")
        seen = page.submit("/sign-in", email=address(kind), password=PASSWORD)
        assert "Check your e-mail address and your password" in seen.errors


def test_a_forgotten_password_is_answered_alike(
    page: Page, context: Context, people: None, work: Work
) -> None:
    """ENU-1, ENU-2: one page, no hash, and one mail queued for each; none is sent meanwhile."""
    answers, mails = [], []
    before_all = work.done
    for kind in KINDS:
        page.get("/forgotten-password")
        before = mails_waiting(context)
        answers.append(bare_answer(page.submit(email=address(kind), follow=False)))
        mails.append(mails_waiting(context) - before)
    assert "\n".join(differing(answers)) == ""
    assert set(mails) == {1}
    assert work.done == before_all


def test_registering_with_an_address_is_answered_alike(
    page: Page, context: Context, people: None, work: Work
) -> None:
    """ENU-1, ENU-2: whether the address has an account is told by mail only."""
    answers, works = [], []
    for number, kind in enumerate(KINDS):
        ssn, pin = f"66631000{number}", f"55555{number}"
        add_person(context, f"R{number}", ssn=ssn, pin=pin, case=f"R{number}")
        page.get("/register")
        page.submit(ssn=ssn, pin=pin, birth_date="04/12/1986")
        page.submit(email=address(kind), phone="617 555 0123")
        page.submit(password="seven quiet otters 41")
        before = work.done
        seen = page.submit(question="first_job", answer="Paper route")
        assert seen.h1 == "Check your mail"
        works.append(work.done - before)
        seen.text = seen.text.replace(address(kind), "…")
        answers.append(bare_answer(seen))
    assert "\n".join(differing(answers)) == ""
    assert len(set(works)) == 1
    assert mails_waiting(context) == len(KINDS)


def test_posts_without_the_session_s_token_change_nothing(
    page: Page, other_page: Page, context: Context, people: None
) -> None:
    """CSR-1: missing, made up, or of another browser's session."""
    other_page.get("/sign-in")
    stolen = other_page.csrf_token()
    for path, fields in (
        ("/sign-in", {"email": address("known"), "password": "seven quiet otters 41"}),
        ("/forgotten-password", {"email": address("known")}),
        ("/register", {"ssn": "666100001", "pin": "111111", "birth_date": "04/12/1986"}),
        ("/new-pin", {"ssn": "666100001", "birth_date": "04/12/1986"}),
    ):
        for token in ({}, {"csrf_token": "0" * 64}, {"csrf_token": stolen}):
            page.get("/sign-in")
            assert page.post(path, {**fields, **token}, csrf=False).status == 400, path
    assert mails_waiting(context) == 0


def test_a_huge_password_is_refused_with_words_and_little_work(
    page: Page, people: None, work: Work
) -> None:
    """RAT-1, PWD-3: a long one is neither cut nor hashed."""
    page.get("/sign-in")
    seen = page.submit(email=address("known"), password="x" * 200_000)
    assert "longer than 1024" in seen.errors
    assert work.done == 0


@pytest.mark.parametrize("name", [*WITH_LINK, *WITHOUT_LINK, *SECURITY])
def test_every_mail_can_be_rendered_and_tells_nothing_of_a_case(
    app_context: None, context: Context, name: str
) -> None:
    """PRV-3, LNK-6: subject and both bodies; a link only where the mail is about one."""

    words = {"link": "http://localhost:8000/x?token=T", "minutes": "60", "sign_in": "S",
             "forgotten": "F", "register": "R", "device": "",
             "not_me": "http://localhost:8000/not-me?token=N"}  # fmt: skip
    mail = render(context, notice_of(name), "en", words)
    assert mail.subject
    assert ("token=T" in mail.text) is (name in WITH_LINK)
    assert ("token=T" in mail.html) is (name in WITH_LINK)
    assert ("token=N" in mail.text) is ("token=N" in mail.html) is (name in SECURITY)
    assert not re.search(r"balance|payment|\bowed?\b|case number", mail.text.lower())


@pytest.fixture
def app_context(page: Page) -> Iterator[None]:
    with page.app.test_request_context():
        yield
