"""What a parent reads of who opened the record, and what of the other parent it must not tell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from portal.accounts.models import Account
from portal.context import Context
from portal.feeds.load import load
from portal.security.permissions import StaffRole
from portal.staff.look_up import Reason, Side
from portal.staff.open_case import open_case
from tests.holdings.copies import save
from tests.requests.parents import Parents, signed_in
from tests.staff.case_letters import choose
from tests.staff.desk import desk, parents, sam
from tests.staff.looking_up import PAYOR, look_up, openings
from tests.support.accounts import TestAccount
from tests.support.clock import Clock
from tests.support.families import two_households
from tests.support.page import Page
from tests.support.page_rules import words
from tests.support.staff import make_staff

__all__ = ["desk", "parents", "sam"]
TOLD = "/account/record-openings"
REASONS = ("visit", "call", "written", "complaint", "court", "case_work")


def _read(desk: Page, account: TestAccount) -> str:
    return signed_in(Page(desk.app), account).get(TOLD).words


@pytest.mark.parametrize("reason", REASONS)
def test_neither_parent_reads_why_the_case_was_opened(
    desk: Page, parents: Parents, context: Context, reason: str
) -> None:
    """AUD-4, PRV-1, PRV-2: that the other parent stood at the counter; all reasons read alike."""
    choose(desk, "sent", reason=reason)
    for account in (parents.payor, parents.marked):
        told = _read(desk, account)
        assert "November 22, 2026 A caseworker To work on your case" in told
        assert told.count("A caseworker") == 1
    assert {it.reason for it in openings(context)} == {f"case:{reason}"}


@pytest.mark.parametrize("reason", ["visit", "call", "written"])
def test_the_reason_is_told_to_the_one_it_is_of(desk: Page, parents: Parents, reason: str) -> None:
    """PRV-1, PRV-2."""
    choose(desk, "sent", reason=reason, about="custodial")
    assert "A caseworker To work on your case" in _read(desk, parents.payor)
    assert "A caseworker You" in _read(desk, parents.marked)


def test_where_two_stand_on_a_side_the_reason_is_nobodys(context: Context, tmp_path: Path) -> None:
    """PRV-1, PRV-2: a parent and a guardian may be each other's danger."""
    family = two_households()
    family.builder.participant("G", first_name="Gail", last_name="Guard")
    family.builder.member("C1", "G", "guardian")
    load(context, family.builder.write(tmp_path / "extract"))
    caseworker = make_staff(context, StaffRole.CASEWORKER)
    with context.database.transaction() as session:
        worker = session.get_one(Account, caseworker.id)
        open_case(
            session, context, worker, "C1", Reason.VISIT, "At the counter", context.now(),
            about=Side.CUSTODIAL,
        )  # fmt: skip
    assert {(it.participant_id, it.reason) for it in openings(context)} == {
        (person, "case:visit") for person in ("P", "A", "G")
    }


@pytest.mark.parametrize("reason", ["complaint", "court"])
def test_what_another_can_have_caused_is_work_on_the_case(
    desk: Page, parents: Parents, reason: str
) -> None:
    """PRV-1: a complaint about the one whose record is opened is not told by the list."""
    look_up(desk, **PAYOR, reason=reason)
    assert "A caseworker To work on your case" in _read(desk, parents.payor)


def test_neither_the_time_nor_how_often_nor_what_came_first(
    desk: Page, parents: Parents, sam: TestAccount, clock: Clock
) -> None:
    """AUD-4, PRV-2: whoever reads the list cannot lay it beside the other parent's day."""
    for days, reasons in enumerate((("call", "visit"), ("visit", "call", "call")), start=1):
        clock.forward(days=1)
        worker = signed_in(Page(desk.app), sam)
        for reason in reasons:
            look_up(worker, **PAYOR, reason=reason)
            clock.forward(minutes=10)
        seen = signed_in(Page(desk.app), parents.payor).get(TOLD)
        rows = [words(it) for it in seen.document.query("main tbody tr")]
        newest = [
            row.partition("2026 ")[2] for row in rows if row.startswith(f"November {22 + days}")
        ]
        assert newest == ["A caseworker You called us", "A caseworker You came to our office"]
        assert not re.search(r"[0-9]:[0-9]{2}", " ".join(rows))


def test_the_copy_of_everything_tells_no_more(desk: Page, parents: Parents) -> None:
    """AUD-4, PRV-1, PRV-2: nor do its codes."""
    choose(desk, "sent", reason="visit", about="custodial")
    payor = signed_in(Page(desk.app), parents.payor)
    found = json.loads(save(payor).text)["record_openings"]
    assert found == [
        {"on": "2026-11-22", "role": "caseworker", "name": None, "reason": "case_work"}
    ]
