"""Letters about a case: whoever opens one says why, as one who looks a parent up (AUD-4)."""

from __future__ import annotations

import pytest

from portal.context import Context
from portal.security.throttles import LOOK_UP_MISSED
from tests.requests.parents import signed_in
from tests.staff.case_letters import WHY, choose
from tests.staff.desk import desk, parents, sam
from tests.staff.looking_up import OTHER, look_up, make_close, openings
from tests.staff.on_requests import trail
from tests.support.accounts import TestAccount
from tests.support.clock import Clock
from tests.support.page import Page

__all__ = ["desk", "parents", "sam"]


def test_no_name_without_a_reason(desk: Page, context: Context) -> None:
    """ACL-3, AUD-4."""
    for missing in ({"reason": ""}, {"words": " "}):
        for kind in ("closing", "overpayment", "sent"):
            desk.get("/staff/letters")
            typed = {"case": "C1", "kind": kind, "reason": "call", "words": WHY, **missing}
            seen = desk.submit("/letters", **{name: it for name, it in typed.items() if it})
            assert seen.path == "/staff/letters"
            assert "Choose a reason" in seen.errors or "Say why" in seen.errors
            assert "Ana" not in seen.source
    assert openings(context) == []


def test_the_reason_is_kept_for_each_parent_of_the_case(desk: Page, context: Context) -> None:
    """AUD-4: the words sealed, once, whatever pages of the case follow."""
    address = choose(desk, "closing").path
    desk.get(address)
    found = openings(context)
    assert {(it.participant_id, it.reason) for it in found} == {
        ("P", "case:case_work"), ("A", "case:case_work"),
    }  # fmt: skip
    assert len(found) == 2
    assert all(it.words and WHY.encode() not in it.words for it in found)
    assert len(trail(context, "staff:record:opened")) == 2


def test_the_reason_holds_a_working_day(desk: Page, clock: Clock, sam: TestAccount) -> None:
    """AUD-4."""
    address = choose(desk, "sent").path
    clock.forward(hours=7)
    later = signed_in(Page(desk.app), sam)
    assert later.get(address).path == address  # noted anew, with a code that opens nothing
    clock.forward(hours=1, minutes=1)
    last = signed_in(Page(desk.app), sam)
    for page in ("letters", "closing-notice", "overpayment-notice"):
        seen = last.get(address.replace("/letters", f"/{page}"))
        assert seen.path == "/staff/letters"
        assert "Say first why" in seen.words
        assert "Ana" not in seen.source


def test_a_letter_is_no_reason_to_open_a_record(
    desk: Page, sam: TestAccount, context: Context
) -> None:
    """AUD-4: who sees a parent's name while writing to the other one has not said why."""
    record = look_up(desk, **OTHER)
    (cases,) = (
        str(dict(it.attrs)["href"]) for it in record.document.query('main td a[href*="/cases/"]')
    )
    assert desk.get(cases).h1.startswith("Letters about case")
    assert {(it.participant_id, it.reason) for it in openings(context)} >= {("P", "letter")}
    payor = context.opaque.hide("person", "P", within=sam.id)
    assert desk.get(f"/staff/parents/{payor}").path == "/staff/look-up"


@pytest.mark.parametrize("typed", ["C404", "C1"])
def test_nobody_trawls_the_numbers_of_cases(
    desk: Page, context: Context, sam: TestAccount, typed: str
) -> None:
    """ACL-3, ACL-4: each miss counts among the look-ups that found nobody."""
    if typed == "C1":
        make_close(context, sam, "A")
        assert "close to somebody" in choose(desk, "sent", typed).words
        assert openings(context) == []
        assert len(trail(context, "staff:look-up:refused")) == 1
        return
    for _ in range(LOOK_UP_MISSED.limit):
        assert "There is no case with this number" in choose(desk, "sent", typed).errors
    seen = choose(desk, "sent", typed)
    assert seen.status == 429
    assert choose(desk, "sent").status == 429
    assert look_up(desk, by="case", case="C1", side="payor").status == 429
