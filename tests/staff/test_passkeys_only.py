"""Where the agency's profile demands passkeys of its staff: ACL-3, OTP-5, PKY-3.

An app's code leads to making the passkey and no further; once there is one, nothing else lets a
worker in.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.change_passkeys import LastFactor, remove_passkey
from portal.accounts.check_code import check_code, check_recovery_code
from portal.accounts.end_factors import end_every_factor
from portal.accounts.models import Account, RecoveryCode, TotpFactor
from portal.accounts.passkey_models import Passkey
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.permissions import StaffRole
from portal.web.edge import Edges
from tests.staff.test_invitations import accept, approve
from tests.staff.test_invitations import ask as ask_to_invite
from tests.support.accounts import (
    TestAccount,
    give_password,
    mails,
    make_account,
    newest_link,
    sign_in,
)
from tests.support.page import Page, Seen
from tests.support.passkey import SoftPasskey
from tests.support.staff import make_staff

DUE = "/sign-in/passkey-due"
PAGES = ("/staff/people", "/account", "/account/passkeys/new", "/staff/approvals")


@pytest.fixture
def context(context: Context) -> Context:
    """An agency that demands it."""
    staff = dataclasses.replace(context.agency.staff, passkeys_only=True)
    agency = dataclasses.replace(context.agency, staff=staff)
    return dataclasses.replace(context, agency=agency)


@pytest.fixture
def worker(context: Context) -> TestAccount:
    """A supervisor with nothing but an authenticator app, and recovery codes."""
    return make_staff(context, StaffRole.SUPERVISOR)


@pytest.fixture
def passkey(page: Page, worker: TestAccount) -> SoftPasskey:
    """The worker's passkey, made as it was due; `page` is signed in."""
    made = SoftPasskey()
    sign_in(page, worker)
    assert make_due(page, made).path.startswith("/staff/")
    return made


def options(page: Page, path: str) -> dict[str, Any]:
    seen = page.post(f"{path}/options", follow=False)
    assert seen.status == 200, (path, seen.headers.get("Location"))
    return dict(seen.response.get_json())


def make_due(page: Page, passkey: SoftPasskey, **lies: Any) -> Seen:
    page.get(DUE)
    answer = passkey.create(options(page, DUE), **lies)
    return page.post(DUE, {"credential": answer})


def use(page: Page, passkey: SoftPasskey, path: str) -> Seen:
    return page.post(path, {"credential": passkey.get(options(page, path))})


def events(context: Context, name: str) -> list[str]:
    with context.database.session() as session:
        found = select(AuditEvent.outcome).where(AuditEvent.name == name).order_by(AuditEvent.id)
        return list(session.scalars(found))


def test_an_app_leads_to_the_passkey_that_is_due_and_no_further(
    page: Page, context: Context, worker: TestAccount
) -> None:
    """ACL-3: no page of the staff or of the account opens before it is made; then all do."""
    seen = give_password(page, worker)
    assert seen.h1 == "Enter your code"
    assert page.get(DUE).h1 == "Enter your code"
    page.submit("/sign-in/code", code=worker.totp_now(context.read_clock))  # type: ignore[arg-type]
    assert page.seen is not None
    assert page.seen.h1 == "Add a passkey"
    assert "recovery code" not in " ".join(page.seen.links())
    for path in PAGES:
        assert page.get(path).h1 == "Add a passkey", path
    passkey = SoftPasskey()
    assert make_due(page, passkey, verified=False).h1 == "Add a passkey"
    assert page.get("/staff/people").h1 == "Add a passkey"
    make_due(page, passkey)
    assert page.get("/staff/people").h1 == "Staff"
    assert page.get(DUE, follow=False).status == 302
    assert [name for name, _, _ in mails(context)] == ["passkey_added"]


def test_nothing_but_a_passkey_sets_up_what_is_due(page: Page, worker: TestAccount) -> None:
    """ACL-3: not another app, nor new recovery codes, nor a code by text message or a card."""
    sign_in(page, worker)
    for path in ("/sign-in/authenticator", "/sign-in/text-codes", "/sign-in/recovery-codes",
                 "/sign-in/authenticator/card", "/account/authenticator"):  # fmt: skip
        for ask in (page.get, page.post):
            seen = ask(path, follow=False)
            assert seen.status in (302, 404), path
            assert seen.headers.get("Location", DUE) == DUE, path
    page.get(DUE)
    page.post("/sign-in/authenticator/picture")
    assert page.get("/staff/people").h1 == "Add a passkey"


def test_with_a_passkey_the_page_offers_nothing_else(
    page: Page, context: Context, worker: TestAccount, passkey: SoftPasskey
) -> None:
    """ACL-3: a right code of the app and a right recovery code are refused, and none is used up."""
    page.submit("/sign-out")
    seen = give_password(page, worker)
    assert seen.h1 == "Use your passkey"
    for words in ("six digits", "recovery code", "text message", "printed card"):
        assert words not in seen.words
    code = worker.totp_now(context.read_clock)  # type: ignore[arg-type]
    assert page.post("/sign-in/code", {"code": code}).h1 == "Use your passkey"
    assert page.post("/sign-in/text-code", {"code": code}).h1 == "Use your passkey"
    for ask in (page.get, lambda path: page.post(path, {"code": worker.codes[0]})):
        assert ask("/sign-in/recovery-code").status == 404
    for path in PAGES:
        page.get("/sign-in/code")
        assert page.get(path).h1 == "Use your passkey", path
    page.get("/sign-in/code")
    use(page, passkey, "/sign-in/code/passkey")
    assert page.get("/staff/people").h1 == "Staff"
    with context.database.session() as session:
        assert set(session.scalars(select(RecoveryCode.used_at))) == {None}


def test_a_passkey_alone_signs_in(page: Page, worker: TestAccount, passkey: SoftPasskey) -> None:
    """PKY-2."""
    page.submit("/sign-out")
    page.get("/sign-in")
    use(page, passkey, "/sign-in/passkey")
    assert page.get("/staff/people").h1 == "Staff"


def test_the_services_refuse_too(app: Flask, context: Context, worker: TestAccount,
                                 passkey: SoftPasskey) -> None:  # fmt: skip
    """ACL-3: whichever page asked."""
    code = worker.totp_now(context.read_clock)  # type: ignore[arg-type]
    with app.app_context(), context.database.session() as session:
        me = session.get_one(Account, worker.id)
        edges, now = Edges(session), context.now()
        assert not check_recovery_code(edges, context, me, worker.codes[0], now).is_right
        assert not check_code(session, context, me, code, now).is_right
        session.commit()
    assert events(context, "account:sign-in:recovery-code") == ["refused"]


def test_proving_again_takes_the_passkey(
    page: Page, context: Context, worker: TestAccount, passkey: SoftPasskey
) -> None:
    """SES-6: password and app are not enough for a sensitive change either."""
    context.read_clock.forward(minutes=6)  # type: ignore[attr-defined]
    seen = page.get("/account/passkeys/new")
    assert seen.h1 == "Show that it is you"
    assert "Password" not in seen.words
    given = {"password": worker.password, "code": worker.totp_now(context.read_clock)}  # type: ignore[arg-type]
    page.post("/account/authentication", given)
    assert page.get("/account/passkeys/new").h1 == "Show that it is you"
    use(page, passkey, "/account/authentication/passkey")
    assert page.get("/account/passkeys/new").h1 == "Add a passkey"


def test_the_last_passkey_stays_though_there_is_an_app(
    app: Flask, page: Page, context: Context, passkey: SoftPasskey
) -> None:
    """PKY-3: neither by the page, nor by a forged post, nor by the service; the app can go."""
    with context.database.session() as session:
        row = session.scalars(select(Passkey)).one()
    address = page.get("/account/passkeys").links()
    removal = next(href for href in address.values() if "/account/passkeys/" in href
                   and not href.endswith("/new")) + "/removal"  # fmt: skip
    assert "Add another one first" in page.get(removal).words
    page.post(removal)
    with app.app_context(), context.database.transaction() as session:
        me = session.get_one(Account, row.account_id)
        with pytest.raises(LastFactor):
            remove_passkey(session, context, me, me.passkeys[0], context.now())
    assert "Does not sign you in any more" in page.get("/account").words
    assert "Recovery codes" not in page.get("/account").words
    page.get("/account/authenticator/removal")
    assert page.submit("/account/authenticator/removal").h1 == "Account"
    assert "Authenticator app" not in page.get("/account").words
    for path in ("/account/authenticator", "/account/recovery-codes"):
        assert page.get(path).status == page.post(path).status == 404, path
    with context.database.session() as session:
        assert len(session.scalars(select(Passkey)).all()) == 1


def test_a_session_that_began_with_the_app_does_not_come_in_on_the_passkey(
    page: Page, other_page: Page, worker: TestAccount, context: Context
) -> None:
    """SES-2: somebody else who had the code waits at the page of what is due, and is out."""
    sign_in(other_page, worker)
    assert other_page.get("/staff/people").h1 == "Add a passkey"
    sign_in(page, worker)
    make_due(page, SoftPasskey())
    assert other_page.get("/staff/people").h1 == "Sign in"
    assert page.get("/staff/people").h1 == "Staff"


def test_an_invitation_leads_to_a_passkey_only(
    page: Page, other_page: Page, context: Context, passkey: SoftPasskey
) -> None:
    """ACL-3: no app, no recovery codes; then in."""
    ben = make_staff(context, StaffRole.SUPERVISOR, name="Ben Cole")
    sign_in(other_page, ben)
    make_due(other_page, SoftPasskey())
    ask_to_invite(page)
    approve(other_page)
    newcomer = Page(page.app)
    accept(newcomer, context)
    assert newcomer.seen is not None
    assert newcomer.seen.h1 == "Add a passkey"
    assert "authenticator" not in newcomer.seen.words
    assert newcomer.get("/account").h1 == "Add a passkey"
    make_due(newcomer, SoftPasskey())
    assert newcomer.get("/account").h1 == "Account"
    with context.database.session() as session:
        assert len(session.scalars(select(TotpFactor.account_id)).all()) == 2
    newcomer.submit("/sign-out")


def test_no_way_back_in_of_the_parents_leads_past_it(
    page: Page, context: Context, worker: TestAccount, passkey: SoftPasskey
) -> None:
    """LNK-6, RCV-2: a forgotten password leaves the passkey; when every factor ended, a passkey is
    made anew and nothing else."""
    page.submit("/sign-out")
    page.get("/forgotten-password")
    page.submit("/forgotten-password", email=worker.email)
    page.get(newest_link(context, "reset_password"))
    page.submit(password="four loud herons 88")
    assert give_password(page, worker, "four loud herons 88").h1 == "Use your passkey"
    page.submit("/sign-out")
    with context.database.transaction() as session:
        end_every_factor(session, session.get_one(Account, worker.id), context.now())
    assert give_password(page, worker, "four loud herons 88").h1 == "Add a passkey"
    assert page.get("/staff/people").h1 == "Add a passkey"
    page.get(DUE)
    assert page.post("/sign-in/authenticator/picture").h1 == "Add a passkey"


def test_this_was_not_me_takes_a_strangers_passkey_away_and_opens_nothing(
    page: Page, context: Context, worker: TestAccount, passkey: SoftPasskey
) -> None:
    """LNK-6: made by whoever had password and code, it is undone; and a passkey is due again."""
    ((_, _, words),) = mails(context, "passkey_added")
    page.get(re.sub(r"^https?://[^/]+", "", words["not_me"]))
    page.submit()
    page.get("/sign-in")
    use(page, passkey, "/sign-in/passkey")
    assert page.get("/staff/people").h1 == "Sign in"
    page.get(newest_link(context, "reset_password"))
    page.submit(password="four loud herons 88")
    give_password(page, worker, "four loud herons 88")
    page.submit("/sign-in/code", code=worker.totp_now(context.read_clock))  # type: ignore[arg-type]
    for path in PAGES:
        assert page.get(path).h1 == "Add a passkey", path


def test_parents_sign_in_as_ever(page: Page, context: Context) -> None:
    """The demand is one on the staff."""
    sign_in(page, make_account(context, participant_id="P"))
    assert page.get("/account").h1 == "Account"
    assert "Recovery codes" in page.seen.words  # type: ignore[union-attr]
