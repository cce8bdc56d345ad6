"""A parent's record as the staff see it, and what the parent sees of its opening."""

from __future__ import annotations

import dataclasses
import uuid

import pytest

from portal.accounts.opening_models import RecordOpening
from portal.context import Context
from portal.security.permissions import StaffRole
from tests.requests.parents import STREET, Parents, send_address, signed_in
from tests.staff.desk import desk, filed, parents, sam
from tests.staff.looking_up import MARKED, OTHER, PAYOR, look_up, make_close, openings
from tests.staff.on_requests import Filed, trail
from tests.support.accounts import TestAccount, sign_in
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.staff import make_staff

__all__ = ["desk", "filed", "parents", "sam"]

SECRET = ("14 Secret Way", "Lowell", "01852", "9785550144", "978-555-0144")


def test_what_the_parent_sees_of_the_cases(desk: Page, page: Page, filed: Filed) -> None:
    """ACL-3: roles and sums, requests, the account's state; no password, hint or code."""
    seen = look_up(desk, **PAYOR)
    assert "ends in 0001" in seen.words
    assert "C1 Pays support Open" in seen.words
    assert "C2 Pays support Open" in seen.words
    assert filed.number in seen.words
    assert "j…@example.org" in seen.words
    assert "jordan@example.org" not in seen.text
    assert "Authenticator app" in seen.words
    assert "argon2" not in seen.text
    assert "blue harbor" not in seen.text


def test_the_sums_are_those_of_the_parents_own_page(
    desk: Page, other_page: Page, parents: Parents
) -> None:
    seen = look_up(desk, **OTHER)
    row = next(line for line in seen.document.query("tbody tr"))
    amount = [cell.to_text().strip() for cell in row.query("td.numeric")][-1]
    own = signed_in(other_page, parents.other).get("/")
    assert amount in own.words


def test_a_marked_parents_whereabouts_are_kept_back(desk: Page, parents: Parents) -> None:
    """PRV-2: the record's value alone does it."""
    seen = look_up(desk, **MARKED)
    assert "safety mark" in seen.words
    assert "Kept back" in seen.words
    for secret in SECRET:
        assert secret not in seen.text
    assert "3 Quiet Ct" in look_up(desk, **OTHER).words


def test_the_address_opens_for_one_worker_and_one_reason(
    desk: Page, other_page: Page, context: Context, clock: Clock, sam: TestAccount
) -> None:
    """ACL-1, AUD-4: nobody else's link; not without a reason of today; 404 alike to a made-up one."""
    path = look_up(desk, **PAYOR).path
    made_up = desk.get("/staff/parents/" + "A" * 43)
    assert made_up.status == 404
    other = signed_in(other_page, make_staff(context, StaffRole.CASEWORKER, name="Cas Dunn"))
    assert other.get(path).status == 404
    clock.forward(hours=9)
    again = signed_in(Page(desk.app), sam)
    seen = again.get(path)
    assert seen.path == "/staff/look-up"
    assert "Say first why" in seen.words
    assert len(openings(context)) == 1


def test_it_is_noted_once_an_hour(
    desk: Page, context: Context, clock: Clock, sam: TestAccount
) -> None:
    """AUD-4."""
    path = look_up(desk, **PAYOR).path
    for _time in range(3):
        desk.get(path)
    assert len(openings(context)) == 1
    clock.forward(minutes=61)
    again = signed_in(Page(desk.app), sam)
    again.get(path)
    assert [it.reason for it in openings(context)] == ["call", "call"]
    assert len(trail(context, "staff:record:opened")) == 2


def test_a_reason_ends_eight_hours_after_it_was_given(
    desk: Page, context: Context, clock: Clock, sam: TestAccount
) -> None:
    """AUD-4: however often the record is opened meanwhile, each time noted; given anew it opens."""
    path = look_up(desk, **PAYOR).path
    for hour in range(1, 8):
        clock.forward(minutes=61)
        assert signed_in(Page(desk.app), sam).get(path).path == path
        assert len(openings(context)) == hour + 1
    clock.forward(minutes=54)
    again = signed_in(Page(desk.app), sam)
    assert again.get(path).path == "/staff/look-up", "the openings since were no reason"
    assert look_up(again, reason="visit", **PAYOR).path == path
    assert openings(context)[-1].reason == "visit"


def test_an_opening_is_no_reason(
    desk: Page, context: Context, clock: Clock, parents: Parents, sam: TestAccount
) -> None:
    """AUD-4: what nobody said why for does not make the last reason live longer."""
    path = look_up(desk, **PAYOR).path
    clock.forward(hours=7, minutes=59)
    with context.database.transaction() as session:
        session.add(RecordOpening(id=uuid.uuid4().hex, account_id=sam.id, role="caseworker",
                                  participant_id="P", reason="call", at=context.now()))  # fmt: skip
    clock.forward(minutes=2)
    assert signed_in(Page(desk.app), sam).get(path).path == "/staff/look-up"


def test_a_party_finds_it_shut(desk: Page, context: Context, sam: TestAccount) -> None:
    """ACL-4: also where the mark came after the look-up."""
    path = look_up(desk, **PAYOR).path
    make_close(context, sam, "B")
    seen = desk.get(path)
    assert seen.status == 403
    assert "Jordan" not in seen.text
    assert trail(context, "staff:page:refused") == [("staff:page:refused", sam.id)]


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.OPERATOR])
def test_wrong_roles_find_nothing(
    desk: Page, other_page: Page, context: Context, role: StaffRole
) -> None:
    """ACL-1, ACL-3."""
    path = look_up(desk, **PAYOR).path
    assert (
        signed_in(other_page, make_staff(context, role, name="Robin Poe")).get(path).status == 404
    )


def test_from_a_request_no_second_reason_is_asked(
    desk: Page, context: Context, filed: Filed, sam: TestAccount
) -> None:
    """AUD-4: opening the request was the reason."""
    desk.get(f"/staff/requests/{filed.number}")
    token = context.opaque.hide("person", "P", within=sam.id)
    assert desk.get(f"/staff/parents/{token}").h1 == "Jordan Pike"
    assert {it.reason for it in openings(context)} == {"request"}


def test_the_parent_sees_role_day_and_kind_of_reason(
    desk: Page, other_page: Page, parents: Parents
) -> None:
    """AUD-4, PRV-1: never the name or the words; the other parents see nothing of it."""
    look_up(desk, **PAYOR)
    payor = signed_in(other_page, parents.payor)
    assert "/account/record-openings" in payor.get("/account/history").links().values()
    seen = payor.get("/account/record-openings")
    assert "November 22, 2026 A caseworker You called us" in seen.words
    assert "10:0" not in seen.words
    assert "Sam Field" not in seen.text
    assert "CANARYWHY" not in seen.text
    for other in (parents.marked, parents.other):
        words = signed_in(Page(desk.app), other).get("/account/record-openings").words
        assert "Nobody has opened your record" in words


def test_the_name_shows_where_the_agency_says_so(
    desk: Page, parents: Parents, context: Context
) -> None:
    """AUD-4."""
    from portal import create_app

    look_up(desk, **PAYOR)
    staff = dataclasses.replace(context.agency.staff, names_shown=True)
    agency = dataclasses.replace(context.agency, staff=staff)
    page = Page(create_app(context=dataclasses.replace(context, agency=agency)))
    sign_in(page, parents.payor)
    assert "A caseworker, Sam Field" in page.get("/account/record-openings").words


def test_staff_have_no_such_list(desk: Page) -> None:
    """ACL-3."""
    assert desk.get("/account/record-openings").status == 404
    assert "record-openings" not in desk.get("/account/history").text


def test_with_leave_the_address_shows(
    page: Page, other_page: Page, parents: Parents, context: Context
) -> None:
    """PRV-2: see test_protected_location.py for how leave is given."""
    from portal.accounts.models import Account
    from portal.staff import protected_location

    number = send_address(signed_in(other_page, parents.marked))
    sam = make_staff(context, StaffRole.CASEWORKER)
    ada = make_staff(context, StaffRole.SUPERVISOR, name="Ada Lane")
    desk = signed_in(page, sam)
    now = context.now()
    with context.database.transaction() as session:
        me = session.get_one(Account, sam.id)
        asked = protected_location.ask(session, context, me, number, "x", now)
        boss = session.get_one(Account, ada.id)
        protected_location.decide(session, boss, asked.id, now, grants=True)
    assert "14 Secret Way" in look_up(desk, **MARKED).words
    assert STREET in desk.get(f"/staff/requests/{number}").words
