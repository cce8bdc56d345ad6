"""Promises that two defences keep: each is tried alone, so that losing one shows at once.

HNT-1 (page and service), INJ-4 (each place that leads on), LNK-5 (where addresses are made, what is
taken for an address, what a header may hold), OTP-4 (the secret while it is only offered).
"""

from __future__ import annotations

import base64
import json
import re

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts import lost_everything, reset_password
from portal.accounts.addresses import link_address
from portal.accounts.check_code import SECRET
from portal.accounts.models import Account, TotpFactor
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link
from portal.security.sealing import SealBroken
from portal.web.edge import Edges
from portal.web.models import SessionRow
from portal.web.sessions import PLACE
from tests.accounts.test_authenticator import shown_secret
from tests.accounts.test_passkeys import add, ask
from tests.support.accounts import (
    PASSWORD,
    TestAccount,
    add_person,
    give_password,
    mails,
    make_account,
    newest_link,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.passkey import SoftPasskey

NEW = "nine loud herons 58"
EVIL = ("//evil.example", "/\\evil.example", "https://evil.example/", "/%2f%2fevil.example")


@pytest.fixture
def account(context: Context) -> TestAccount:
    add_person(context, pin="222222")
    return make_account(context, participant_id="P", spent_pin="111111")


def loaded(session: Session, account: TestAccount) -> Account:
    found = session.get(Account, account.id)
    assert found is not None
    return found


def password_hash(context: Context, account: TestAccount) -> str:
    with context.database.session() as session:
        return loaded(session, account).password_hash


# -- the hint: HNT-1 -----------------------------------------------------------------------------


def reset_link(page: Page, context: Context, clock: Clock, account: TestAccount) -> str:
    page.get("/forgotten-password")
    page.submit(email=account.email)
    return newest_link(context, "reset_password")


def recovery_link(page: Page, context: Context, clock: Clock, account: TestAccount) -> str:
    page.get("/sign-in/lost-everything")
    page.submit(
        "/sign-in/lost-everything", ssn="666-10-0001", pin="222222", birth_date="04/12/1986"
    )
    clock.forward(hours=24)
    lost_everything.STEP.do_due(context, clock())
    return newest_link(context, "lost_everything_link")


@pytest.mark.parametrize(
    ("mail", "path"),
    [(reset_link, "/forgotten-password"), (recovery_link, "/sign-in/lost-everything")],
)
def test_the_page_of_the_password_leads_back_to_the_hint(
    page: Page, context: Context, clock: Clock, account: TestAccount, mail: object, path: str
) -> None:
    """HNT-1, at the page: neither opened nor posted past the question, which then still stands."""
    page.get(mail(page, context, clock, account))  # type: ignore[operator]
    for answer in (
        page.get(f"{path}/new-password", follow=False),
        page.post(f"{path}/new-password", {"password": NEW}, follow=False),
    ):
        assert (answer.status, answer.headers.get("Location")) == (302, f"{path}/hint")
    assert page.get(f"{path}/hint").h1 == "Answer your security question"


def test_the_services_set_no_password_before_the_hint(
    page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """HNT-1, at the service: whatever page asked."""
    before = password_hash(context, account)
    opening = recovery_link(page, context, clock, account).partition("token=")[2]
    token = reset_link(page, context, clock, account).partition("token=")[2]
    with context.database.session() as session:
        edges = Edges(session)
        assert not reset_password.reset_password(edges, context, token, NEW, clock())
        session.commit()
    with context.database.session() as session:
        assert lost_everything.recover(Edges(session), context, opening, NEW, clock()) is None
        session.commit()
    assert password_hash(context, account) == before
    with context.database.session() as session:
        opened = select(Link).where(
            Link.purpose.in_((Purpose.RECOVER.value, Purpose.RESET_PASSWORD.value))
        )
        assert [link.ended_at for link in session.scalars(opened)] == [None, None]


# -- the way back: INJ-4 -------------------------------------------------------------------------


def remembered(context: Context, account: TestAccount) -> dict[str, str]:
    """What the live session of the account holds."""
    with context.database.session() as session:
        row = session.scalars(
            select(SessionRow).where(
                SessionRow.account_id == account.id, SessionRow.ended_at.is_(None)
            )
        ).one()
        return dict(json.loads(context.sealer.open(row.data, PLACE, row.id))) if row.data else {}


@pytest.mark.parametrize("evil", EVIL)
def test_a_foreign_way_back_is_not_remembered_nor_written_on_the_page(
    page: Page, context: Context, account: TestAccount, evil: str
) -> None:
    """INJ-4, at the first half of signing in."""
    seen = page.get("/sign-in", query_string={"next": evil})
    assert "evil.example" not in seen.text
    page.post(f"/sign-in?next={evil}", {"email": account.email, "password": PASSWORD})
    assert "next" not in remembered(context, account)


@pytest.mark.parametrize("evil", EVIL)
def test_a_foreign_way_back_that_was_remembered_is_not_followed(
    page: Page, context: Context, account: TestAccount, clock: Clock, evil: str
) -> None:
    """INJ-4, at the second half: though it got into the session somehow."""
    give_password(page, account)
    with context.database.transaction() as session:
        row = session.scalars(select(SessionRow).where(SessionRow.account_id == account.id)).one()
        data = context.sealer.seal(json.dumps({"next": evil}), PLACE, row.id)
        session.execute(update(SessionRow).where(SessionRow.id == row.id).values(data=data))
    assert remembered(context, account) == {"next": evil}
    seen = page.post("/sign-in/code", {"code": account.totp_now(clock)}, follow=False)
    assert (seen.status, seen.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("evil", EVIL)
def test_a_fresh_proof_leads_nowhere_else(
    page: Page, context: Context, account: TestAccount, clock: Clock, evil: str
) -> None:
    """INJ-4: password and code, a passkey, and the button that has a code sent."""
    sign_in(page, account, clock, follow=False)
    passkey = SoftPasskey()
    add(page, passkey)
    path = "/account/authentication"
    assert "evil.example" not in page.get(path, query_string={"next": evil}).text
    fields = {"password": PASSWORD, "code": account.totp_now(clock)}
    seen = page.post(path, fields, query_string={"next": evil}, follow=False)
    assert seen.headers["Location"] == "/account"
    page.get(path)
    answer = passkey.get(ask(page, f"{path}/passkey"))
    seen = page.post(
        f"{path}/passkey", {"credential": answer}, query_string={"next": evil}, follow=False
    )
    assert seen.headers["Location"] == "/account"


# -- mailed links: LNK-5 -------------------------------------------------------------------------


def test_an_address_is_made_of_the_setting_in_the_middle_of_any_request(
    app: Flask, context: Context, account: TestAccount, clock: Clock
) -> None:
    """LNK-5, where it is made: for every purpose, though links are mailed by the worker anyway."""
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "ftp"}
    with (
        context.database.transaction() as session,
        app.test_request_context("/", base_url="http://evil.example", headers=headers),
    ):
        for purpose in Purpose:
            link = links.issue(session, purpose, account.id, account.id, clock())
            made = link_address(context, link)
            assert made.startswith(f"{context.settings.base_url}/"), purpose
            assert "evil" not in made


def test_links_are_not_made_while_the_visitor_waits(
    page: Page, context: Context, account: TestAccount
) -> None:
    """LNK-5, where mails are made: a request under another name puts no address into the outbox."""
    page.get("/forgotten-password")
    cookie = page.client.get_cookie("portal")
    assert cookie is not None
    page.app.test_client(use_cookies=False).post(
        "/forgotten-password",
        data={"email": account.email, "csrf_token": page.csrf_token()},
        base_url="http://evil.example",
        headers={"Cookie": f"portal={cookie.value}", "X-Forwarded-Host": "evil.example"},
    )
    link = newest_link(context, "reset_password")
    assert link.startswith("/forgotten-password/link?token=")
    context.database.engine.dispose()
    stored = b"".join(p.read_bytes() for p in context.database.folder.glob("portal.db*"))
    assert b"evil.example" not in stored


@pytest.mark.parametrize(
    "typed",
    [
        "morgan@example.org\r\nBcc: evil@evil.example",
        "morgan@example.org\nevil@evil.example",
        "morgan@example.org,evil@evil.example",
        "morgan@example.org;evil@evil.example",
        "morgan@example.org evil@evil.example",
        "Evil <evil@evil.example>, morgan@example.org",
    ],
)
def test_a_field_holds_one_address_or_none(page: Page, context: Context, typed: str) -> None:
    """LNK-5, at the form: two in one field are an error, and nothing is queued."""
    make_account(context)
    page.get("/forgotten-password")
    assert "Enter an e-mail address" in page.submit("/forgotten-password", email=typed).errors
    assert mails(context) == []


# -- the secret of an app: OTP-4 -----------------------------------------------------------------


def test_an_offered_secret_is_sealed_from_the_first_moment(page: Page, context: Context) -> None:
    """OTP-4, KEY-2: before any code was typed; bound to its row, so a swapped one opens nothing."""
    account = make_account(context, totp=False)
    give_password(page, account)
    secret = re.sub(r"\s", "", shown_secret(page.submit("/picture")))
    with context.database.session() as session:
        row = session.scalars(select(TotpFactor)).one()
        assert row.confirmed_at is None
        assert secret.encode() not in row.secret
        assert base64.b32decode(secret) not in row.secret
        assert context.sealer.open(row.secret, SECRET, row.id) == secret
        for place, key in ((SECRET, "0" * 32), ("recoveries.pin", row.id)):
            with pytest.raises(SealBroken):
                context.sealer.open(row.secret, place, key)
        held = remembered(context, account)
    assert secret not in json.dumps(held), "the session holds the offer's id only"
