"""One owner at a time: taking, handing over, giving back, putting before the supervisors (N4)."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from portal import create_app
from portal.context import Context
from portal.security.permissions import StaffRole
from portal.staff.late import tell_of_late
from portal.staff.notes import notes_of
from tests.requests.parents import Parents, load_parents, signed_in
from tests.staff.desk import desk, filed, mine, parents, sam
from tests.staff.on_requests import (
    Filed,
    caseworker,
    change,
    close_to,
    events,
    last_detail,
    lead,
    row_of,
    trail,
)
from tests.staff.taking import many, take_at_once
from tests.support.accounts import TestAccount, mails
from tests.support.page import Page
from tests.support.staff import make_staff

__all__ = ["desk", "filed", "mine", "parents", "sam"]


# -- taking ---------------------------------------------------------------------------------------


def test_taking_makes_an_owner_and_the_parent_reads_of_it(
    desk: Page, filed: Filed, sam: TestAccount, parents: Parents, context: Context, other_page: Page
) -> None:
    """N4: a role for the parent, never a name."""
    payor = signed_in(other_page, parents.payor)
    assert "your caseworker team" in payor.get(f"/requests/{filed.number}").words
    desk.get("/staff/queue")
    seen = desk.submit(f"/requests/{filed.number}/take")
    assert seen.path == f"/staff/requests/{filed.number}"
    assert seen.document.query('a[accesskey="d"]')
    row = row_of(context, filed)
    assert (row.owner_id, row.state, row.version) == (sam.id, "under_review", 1)
    assert events(context, filed)[-1] == "taken"
    assert last_detail(context, filed, "taken")["by"] == sam.id
    assert trail(context, "request:taken") == [("request:taken", sam.id)]
    for path in (f"/requests/{filed.number}", "/requests", f"/requests/{filed.number}/receipt"):
        page = payor.get(path)
        assert "a caseworker" in page.words, path
        assert "Sam Field" not in page.text, path
    assert "A caseworker started on it" in payor.get(f"/requests/{filed.number}").words


def test_an_agency_that_shows_names_shows_them(
    mine: Filed, parents: Parents, context: Context
) -> None:
    staff = dataclasses.replace(context.agency.staff, names_shown=True)
    shown = dataclasses.replace(context, agency=dataclasses.replace(context.agency, staff=staff))
    payor = signed_in(Page(create_app(context=shown)), parents.payor)
    assert "Sam Field" in payor.get(f"/requests/{mine.number}").words
    assert "Sam Field" in payor.get("/requests").words


def test_pressed_twice_it_is_taken_once(desk: Page, filed: Filed, context: Context) -> None:
    """CON-1"""
    for _ in range(3):
        seen = desk.post(f"/staff/requests/{filed.number}/take")
        assert seen.path == f"/staff/requests/{filed.number}"
    assert events(context, filed).count("taken") == 1
    assert len(trail(context, "request:taken")) == 1
    assert row_of(context, filed).version == 1


def test_the_slower_one_is_told_who_was_quicker(
    page: Page, mine: Filed, sam: TestAccount, context: Context
) -> None:
    kim = signed_in(page, caseworker(context, "Kim Other"))
    seen = kim.post(f"/staff/requests/{mine.number}/take")
    assert seen.status == 409
    assert f"Sam Field has request {mine.number} now" in seen.words
    assert row_of(context, mine).owner_id == sam.id
    page_of_it = kim.get(f"/staff/requests/{mine.number}")
    assert not page_of_it.document.query('form[action$="/take"]')
    assert "Sam Field has it" in page_of_it.words


@pytest.mark.parametrize("state", ["decided", "applied", "withdrawn", "refused"])
def test_what_has_its_answer_cannot_be_taken(
    desk: Page, filed: Filed, context: Context, state: str
) -> None:
    """ACL-5"""
    change(context, filed, state=state, decision="denied" if state == "decided" else None)
    assert desk.post(f"/staff/requests/{filed.number}/take").status == 409
    assert row_of(context, filed).owner_id is None
    assert "taken" not in events(context, filed)


def test_one_that_waits_for_its_parent_goes_on_waiting(
    desk: Page, filed: Filed, sam: TestAccount, context: Context
) -> None:
    """Or the parent's answer would find no way in."""
    until = context.agency.local_date(context.now())
    change(context, filed, state="more_information_asked", asked_until=until)
    desk.post(f"/staff/requests/{filed.number}/take")
    row = row_of(context, filed)
    assert (row.owner_id, row.state, row.asked_until) == (sam.id, "more_information_asked", until)
    assert len(trail(context, "request:taken")) == 1


def test_nobody_takes_what_they_are_close_to(
    desk: Page, filed: Filed, sam: TestAccount, context: Context
) -> None:
    """ACL-4: neither take, nor hand over, give back, or put before the supervisors."""
    close_to(context, sam, "A")
    fields = {"version": "0", "colleague": sam.id, "reason": "x"}
    for step in ("take", "hand-over", "give-back", "escalation"):
        seen = desk.post(f"/staff/requests/{filed.number}/{step}", fields)
        assert seen.status == 403, step
    row = row_of(context, filed)
    assert (row.owner_id, row.version, row.escalated_at) == (None, 0, None)


def test_a_number_that_is_none(desk: Page) -> None:
    for step in ("take", "hand-over", "give-back", "escalation"):
        assert desk.post(f"/staff/requests/AAAA-AAAA/{step}", {"version": "0"}).status == 404


# -- two hundred at once --------------------------------------------------------------------------


@pytest.mark.slow
def test_two_workers_take_two_hundred_at_once(
    context: Context, parents: Parents, page: Page, other_page: Page
) -> None:
    """CON-2, ACL-5, AUD-3"""
    requests = many(context, parents.payor, 200)
    pages = [(page, caseworker(context)), (other_page, caseworker(context, "Kim Other"))]
    workers = [(signed_in(it, account), account.id) for it, account in pages]
    take_at_once(context, create_app(context=context), workers, requests)


@pytest.mark.postgresql
def test_twenty_at_once_on_postgresql(postgresql_context: Context, tmp_path: Path) -> None:
    """CON-2, ACL-5, AUD-3"""
    found = load_parents(postgresql_context, tmp_path)
    app = create_app(context=postgresql_context)
    requests = many(postgresql_context, found.payor, 20)
    accounts = [caseworker(postgresql_context), caseworker(postgresql_context, "Kim Other")]
    workers = [(signed_in(Page(app), it), it.id) for it in accounts]
    take_at_once(postgresql_context, app, workers, requests)


# -- handing over, giving back --------------------------------------------------------------------


def test_a_colleague_gets_it(desk: Page, mine: Filed, sam: TestAccount, context: Context) -> None:
    kim = caseworker(context, "Kim Other")
    make_staff(context, StaffRole.AUDITOR, name="Ava Book")
    near = caseworker(context, "Nia Near")
    close_to(context, near, "P")
    seen = desk.get(f"/staff/requests/{mine.number}/hand-over")
    for absent in ("Sam Field", "Ava Book", "Nia Near"):
        assert absent not in seen.words
    seen = desk.submit("/hand-over", colleague=kim.id)
    assert seen.path == f"/staff/requests/{mine.number}"
    assert "Handed over to Kim Other" in seen.words
    row = row_of(context, mine)
    assert (row.owner_id, row.version, row.state) == (kim.id, 2, "under_review")
    assert events(context, mine).count("taken") == 1
    assert trail(context, "request:handed-over") == [("request:handed-over", sam.id)]


@pytest.mark.parametrize("to", ["near", "auditor", "disabled", "parent", "self", "", "nobody"])
def test_nobody_gets_it_who_may_not_work_it(
    desk: Page, mine: Filed, sam: TestAccount, parents: Parents, context: Context, to: str
) -> None:
    """ACL-3, ACL-4"""
    near, gone = caseworker(context, "Nia Near"), caseworker(context, "Gus Gone")
    close_to(context, near, "P")
    with context.database.transaction() as session:
        from portal.accounts.models import Account

        session.get_one(Account, gone.id).disabled_at = context.now()
    auditor = make_staff(context, StaffRole.AUDITOR, name="Ava Book")
    caseworker(context, "Kim Other")
    chosen = {"near": near.id, "auditor": auditor.id, "disabled": gone.id,
              "parent": parents.payor.id, "self": sam.id}.get(to, to)  # fmt: skip
    desk.get(f"/staff/requests/{mine.number}/hand-over")
    seen = desk.submit("/hand-over", colleague=chosen)
    assert seen.title.startswith("Error:")
    assert row_of(context, mine).owner_id == sam.id
    assert trail(context, "request:handed-over") == []


def test_only_the_owner_or_a_supervisor_gives_it_away(
    page: Page, other_page: Page, mine: Filed, context: Context
) -> None:
    """ACL-3, N4"""
    account = caseworker(context, "Kim Other")
    kim = signed_in(page, account)
    fields = {"version": "1", "colleague": account.id}
    for step in ("hand-over", "give-back"):
        assert kim.post(f"/staff/requests/{mine.number}/{step}", fields).status == 409
    assert trail(context, "request:handed-over") == trail(context, "request:given-back") == []
    boss = signed_in(other_page, lead(context))
    boss.get(f"/staff/requests/{mine.number}/hand-over")
    boss.submit("/hand-over", colleague=account.id)
    assert row_of(context, mine).owner_id == account.id


def test_a_supervisor_gives_out_what_nobody_has(page: Page, filed: Filed, context: Context) -> None:
    kim = caseworker(context, "Kim Other")
    boss = signed_in(page, lead(context))
    boss.get(f"/staff/requests/{filed.number}/hand-over")
    boss.submit("/hand-over", colleague=kim.id)
    assert row_of(context, filed).owner_id == kim.id
    assert events(context, filed)[-1] == "taken"


def test_given_back_it_is_for_whoever_takes_it(
    desk: Page, page: Page, mine: Filed, sam: TestAccount, context: Context
) -> None:
    desk.get(f"/staff/requests/{mine.number}/hand-over")
    seen = desk.submit("/give-back")
    assert seen.path == "/staff/queue"
    assert row_of(context, mine).owner_id is None
    assert trail(context, "request:given-back") == [("request:given-back", sam.id)]
    kim = caseworker(context, "Kim Other")
    signed_in(Page(desk.app), kim).post(f"/staff/requests/{mine.number}/take")
    assert row_of(context, mine).owner_id == kim.id


def test_a_stale_form_gives_nothing_away(
    desk: Page, mine: Filed, sam: TestAccount, context: Context
) -> None:
    """CON-2"""
    kim = caseworker(context, "Kim Other")
    desk.get(f"/staff/requests/{mine.number}/hand-over")
    change(context, mine, version=7)
    seen = desk.submit("/hand-over", colleague=kim.id)
    assert seen.status == 409
    assert "Somebody took a step" in seen.words
    assert desk.submit("/give-back", version="3").status == 409
    row = row_of(context, mine)
    assert (row.owner_id, row.version) == (sam.id, 7)


# -- before the supervisors -----------------------------------------------------------------------


def test_the_supervisors_are_told_and_the_reason_is_a_note(
    desk: Page, mine: Filed, sam: TestAccount, context: Context
) -> None:
    lee, near = lead(context), lead(context, "Nia Near")
    close_to(context, near, "A")
    desk.get(f"/staff/requests/{mine.number}/escalation")
    seen = desk.submit("/escalation", reason="The employer <b>will not</b> answer.")
    assert "with the supervisors" in seen.words
    assert "The employer <b>will not</b> answer." in seen.words
    row = row_of(context, mine)
    assert (row.escalated_at, row.owner_id) == (context.now(), sam.id)
    with context.database.session() as session:
        assert len(notes_of(session, context.sealer, mine.id)) == 1
    told = mails(context, "staff_escalated")
    assert [to for _name, to, _words in told] == [lee.email]
    assert told[0][2]["link"].endswith(f"/staff/requests/{mine.number}")
    assert "employer" not in str(told)
    assert trail(context, "request:escalated") == [("request:escalated", sam.id)]
    assert "with the supervisors" in desk.get("/staff/queue").words


def test_a_stale_reason_is_kept_to_be_sent_again(desk: Page, mine: Filed, context: Context) -> None:
    """CON-2"""
    lead(context)
    desk.get(f"/staff/requests/{mine.number}/escalation")
    change(context, mine, version=5)
    seen = desk.submit("/escalation", reason="Please look at this.")
    assert seen.status == 409
    assert "Please look at this." in seen.text
    assert mails(context, "staff_escalated") == []
    assert row_of(context, mine).escalated_at is None
    desk.submit("/escalation", reason="Please look at this.")
    assert row_of(context, mine).escalated_at is not None


def test_no_reason_no_step(desk: Page, mine: Filed, context: Context) -> None:
    desk.get(f"/staff/requests/{mine.number}/escalation")
    assert "Say why" in desk.submit("/escalation", reason="  ").errors
    assert row_of(context, mine).escalated_at is None


def test_a_supervisor_takes_the_mark_off(
    desk: Page, mine: Filed, context: Context, other_page: Page
) -> None:
    """ACL-3, CON-2: nobody else; once; what was late is not marked again by itself."""
    lee = lead(context)
    change(context, mine, escalated_at=context.now(), due_on=date(2026, 11, 1))
    off = f"/staff/requests/{mine.number}/escalation/removal"
    assert not desk.get(f"/staff/requests/{mine.number}").document.query(f'form[action="{off}"]')
    version = str(row_of(context, mine).version)
    assert desk.post(off, {"version": version}).status == 404
    boss = signed_in(other_page, lee)
    assert boss.get(f"/staff/requests/{mine.number}").status == 200
    assert boss.post(off, {"version": "77"}).status == 409
    assert row_of(context, mine).escalated_at is not None
    boss.get(f"/staff/requests/{mine.number}")
    seen = boss.submit("/escalation/removal")
    assert "with the supervisors" not in seen.words
    assert mine.number not in boss.get("/staff/queue?escalated=y").words
    assert trail(context, "request:escalation:ended") == [("request:escalation:ended", lee.id)]
    tell_of_late(context, context.now())
    assert row_of(context, mine).escalated_at is None
    boss.get(f"/staff/requests/{mine.number}/escalation")
    boss.submit("/escalation", reason="Once more.")
    assert row_of(context, mine).escalated_at is not None
