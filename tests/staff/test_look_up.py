"""Looking a parent up: the right one or nobody, for a reason that is written down."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.permissions import StaffRole
from tests.requests.parents import Parents, signed_in
from tests.staff.desk import desk, parents, sam
from tests.staff.looking_up import MARKED, PAYOR, look_up, make_close, openings
from tests.staff.on_requests import trail
from tests.support.accounts import TestAccount
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.staff import make_staff

__all__ = ["desk", "parents", "sam"]

WAYS = [
    (PAYOR, "Jordan Pike"),
    ({"by": "case", "case": "c1", "side": "payor"}, "Jordan Pike"),
    ({"by": "case", "case": "C2", "side": "custodial"}, "Bea Lopez"),
    (
        {"by": "name", "first_name": "jordan", "last_name": "PIKE", "born": "02/02/1984"},
        "Jordan Pike",
    ),
    ({"by": "email", "email": "Bea@Example.org"}, "Bea Lopez"),
]


@pytest.mark.parametrize(("typed", "name"), WAYS)
def test_one_parent_is_found(
    desk: Page, context: Context, sam: TestAccount, typed: dict[str, str], name: str
) -> None:
    """AUD-3, AUD-4: with the row for the parent, and the row of the trail."""
    seen = look_up(desk, **typed)
    assert seen.h1 == name
    assert "666" not in seen.source
    (opening,) = openings(context)
    assert (opening.account_id, opening.role, opening.reason) == (sam.id, "caseworker", "call")
    assert opening.words is not None
    assert b"CANARYWHY" not in opening.words
    assert trail(context, "staff:record:opened") == [("staff:record:opened", sam.id)]


@pytest.mark.parametrize(
    "typed",
    [
        {"by": "ssn", "ssn": "666-20-0009"},
        {"by": "case", "case": "C9", "side": "payor"},
        {"by": "name", "first_name": "Jordan", "last_name": "Pike", "born": "02/03/1984"},
        {"by": "name", "first_name": "Jordan", "last_name": "Pik", "born": "02/02/1984"},
        {"by": "name", "first_name": "Kid1", "last_name": "Pike", "born": "06/06/2016"},
        {"by": "email", "email": "sam.field@agency.example"},
    ],
)
def test_nobody_is_found_and_nobody_near_is_shown(
    desk: Page, context: Context, typed: dict[str, str]
) -> None:
    """ACL-1, AUD-1: no list of near names, no child, no colleague."""
    seen = look_up(desk, **typed)
    assert "Nobody was found" in seen.errors
    assert "Jordan Pike" not in seen.text.replace(typed.get("first_name", "-"), "")
    assert openings(context) == []
    assert [name for name, _ in trail(context, "staff:look-up:refused")]


def test_it_wants_a_reason(desk: Page, context: Context) -> None:
    """AUD-4."""
    desk.get("/staff/look-up")
    seen = desk.submit("/look-up", by="ssn", ssn="666-20-0001")
    assert "Choose a reason" in seen.errors
    assert "Say why" in seen.errors
    assert "666-20" not in seen.source
    assert openings(context) == []


def test_ten_misses_shut_it_for_an_hour(
    desk: Page, context: Context, clock: Clock, sam: TestAccount
) -> None:
    """RAT-1, AUD-1: nobody trawls, not even with the right number at last."""
    for number in range(10):
        look_up(desk, by="ssn", ssn=f"66699000{number}")
    seen = look_up(desk, **PAYOR)
    assert seen.status == 429
    assert "too many" in seen.errors
    assert openings(context) == []
    with context.database.session() as session:
        whys = [
            event.detail["why"]
            for event in session.scalars(
                select(AuditEvent).where(AuditEvent.name == "staff:look-up:refused")
            )
        ]
    assert whys == ["nobody"] * 10 + ["throttled"]
    clock.forward(minutes=61)
    assert look_up(signed_in(Page(desk.app), sam), **PAYOR).h1 == "Jordan Pike"


def test_a_hundred_look_ups_are_a_days_work(desk: Page, context: Context) -> None:
    """RAT-1."""
    from portal.security import throttles

    with context.database.transaction() as session:
        worker = session.scalars(select(AuditEvent.actor_id).where(
            AuditEvent.name == "account:sign-in:completed")).first()  # fmt: skip
        gate = throttles.look(session, context.keyring, throttles.LOOK_UP, worker or "",
                              context.now())  # fmt: skip
        for _time in range(100):
            gate.count(context.now())
    assert look_up(desk, **PAYOR).status == 429


def test_nobody_looks_up_their_own_family(
    desk: Page, context: Context, parents: Parents, sam: TestAccount
) -> None:
    """ACL-4: nor the other parent on a case of theirs; the try is in the trail."""
    make_close(context, sam, "A")
    for typed in (MARKED, PAYOR):
        seen = look_up(desk, **typed)
        assert seen.status == 403
        assert "Jordan" not in seen.text
    assert openings(context) == []
    assert len(trail(context, "staff:look-up:refused")) == 2


def test_an_auditor_and_an_operator_look_nobody_up(
    page: Page, parents: Parents, context: Context
) -> None:
    """ACL-3."""
    signed_in(page, make_staff(context, StaffRole.AUDITOR, StaffRole.OPERATOR))
    assert page.get("/staff/look-up").status == 404
    assert page.post("/staff/look-up", dict(PAYOR)).status == 404
