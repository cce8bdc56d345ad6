"""Leaving this site at one press: it always leads away (SES-2), and nobody is made to leave (CSR-1)."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.context import Context
from tests.support.accounts import TestAccount, make_account, sign_in
from tests.support.clock import Clock
from tests.support.page import Page, Seen

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context)


@pytest.fixture
def me(page: Page, account: TestAccount, clock: Clock) -> Page:
    sign_in(page, account, clock, follow=False)
    page.get("/account")
    return page


def is_signed_in(page: Page) -> bool:
    return page.get("/account", follow=False).status == 200


def leads_away(seen: Seen) -> bool:
    return (seen.status, seen.headers["Location"]) == (303, "/left")


def left(context: Context) -> list[AuditEvent]:
    with context.database.session() as session:
        ended = select(AuditEvent).where(AuditEvent.name == "account:sign-in:ended")
        return list(session.scalars(ended))


def test_leaving_ends_the_session_and_is_written_down(
    me: Page, context: Context, account: TestAccount
) -> None:
    """SES-2, AUD-1."""
    assert leads_away(me.post("/leave", follow=False))
    assert not is_signed_in(me)
    assert [(e.actor_id, e.detail) for e in left(context)] == [(account.id, {"by": "leave"})]


@pytest.mark.parametrize("token", ["stale", "", None])
def test_a_page_left_open_leads_away_and_ends_the_session_too(
    me: Page, context: Context, token: str | None
) -> None:
    """SES-2: the browser says that the press came from a page of ours."""
    fields = {} if token is None else {"csrf_token": token}
    seen = me.post("/leave", fields, csrf=False, follow=False, headers=OWN)
    assert leads_away(seen)
    assert "cookies" in seen.headers["Clear-Site-Data"]
    assert not is_signed_in(me)
    assert len(left(context)) == 1


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
def test_what_may_be_forged_leads_away_and_ends_nothing(
    me: Page, context: Context, headers: dict[str, str]
) -> None:
    """CSR-1: without the page's token nobody is signed out, whatever a foreign page sends."""
    seen = me.post("/leave", {"csrf_token": "x"}, follow=False, headers=headers)
    assert leads_away(seen)
    assert "Clear-Site-Data" not in seen.headers
    assert is_signed_in(me)
    assert left(context) == []


def test_a_visitor_leaves_without_a_trace(page: Page, context: Context) -> None:
    page.get("/sign-in")
    assert leads_away(page.post("/leave", follow=False))
    assert leads_away(page.post("/leave", {}, csrf=False, follow=False, headers=OWN))
    assert left(context) == []


@pytest.mark.parametrize("headers", [OWN, {}])
def test_without_a_database_it_still_leads_away(
    me: Page, context: Context, headers: dict[str, str]
) -> None:
    """CRS-3: and the neutral page comes."""
    token = me.csrf_token()
    context.database.engine.dispose()
    shutil.rmtree(context.settings.instance)
    context.settings.instance.write_text("not a folder")
    assert leads_away(me.post("/leave", {"csrf_token": token}, follow=False, headers=headers))
    assert me.get("/left").h1 == "Weather"
