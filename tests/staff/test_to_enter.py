"""What was granted and is still to be entered in the agency's own system: found, owned, handed over;
and what a colleague had who left."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from portal import create_app
from portal.accounts.models import Account
from portal.accounts.staff_models import RoleGrant
from portal.context import Context
from portal.staff.disable import disable, end_for_good
from tests.requests.parents import Parents, load_parents, signed_in
from tests.staff.desk import desk, filed, mine, parents, sam
from tests.staff.on_requests import Filed, caseworker, change, close_to, events, lead, row_of, trail
from tests.staff.queue_of import href_of, numbers, put, row
from tests.staff.taking import many, take_at_once
from tests.support.accounts import TestAccount
from tests.support.page import Page

__all__ = ["desk", "filed", "mine", "parents", "sam"]
ENTRY = "/staff/queue?stage=entry"
DECIDED = date(2026, 11, 19)
GRANTED = {"state": "decided", "decision": "granted", "decided_on": DECIDED}


@pytest.fixture
def granted(context: Context, mine: Filed) -> Filed:
    """The review, granted three days ago; its owner has to enter it."""
    change(context, mine, **GRANTED)
    return mine


def leave(context: Context, worker: TestAccount, how: str = "disabled") -> None:
    """The worker cannot go on."""
    head = lead(context, "Bo Head") if how == "closed" else None
    with context.database.transaction() as session:
        account = session.get_one(Account, worker.id)
        if how == "disabled":
            disable(session, account, None, context.now())
        elif head is not None:
            end_for_good(session, account, session.get_one(Account, head.id), context.now())
        else:
            for grant in session.query(RoleGrant).filter_by(account_id=worker.id):
                grant.ended_at = context.now()


def test_a_filter_in_the_address_lists_them_by_the_day_of_their_decision(
    desk: Page, granted: Filed, parents: Parents, sam: TestAccount, context: Context
) -> None:
    def more(**changed: object) -> str:
        values = GRANTED | {"owner_id": sam.id} | changed
        return put(context, parents.payor.id, "P", **values)  # type: ignore[arg-type]

    older = more(decision="partly_granted", decided_on=DECIDED - timedelta(days=9))
    nobodys = more(owner_id=None, decided_on=DECIDED + timedelta(days=1))
    waiting = more(state="under_review", decision=None, decided_on=None)
    more(decision="denied")
    more(state="applied")
    seen = desk.get("/staff/queue")
    assert numbers(seen) == [waiting]
    assert "3 reviews are granted and still to be entered in our system" in seen.words
    seen = desk.get(href_of(seen, "see all 3"))
    assert numbers(seen) == [older, granted.number, nobodys]
    for part in ("Nov 10, 2026", "12", "you", "Granted in part"):
        assert part in row(seen, older), part
    assert "3" in row(seen, granted.number)
    assert numbers(desk.get(ENTRY + "&whose=mine")) == [older, granted.number]
    assert numbers(desk.get(ENTRY + "&whose=nobody")) == [nobodys]
    assert numbers(desk.get(ENTRY + "&late=y")) == [], "there is no answer that could be late"
    assert numbers(desk.get("/staff/queue?stage=nonsense")) == [waiting]


def test_supervisors_see_everybodys_and_nobody_what_is_close_to_them(
    page: Page, other_page: Page, granted: Filed, context: Context
) -> None:
    """ACL-4"""
    boss = signed_in(page, lead(context))
    assert numbers(boss.get(ENTRY)) == [granted.number]
    assert "Sam Field" in row(boss.get(ENTRY), granted.number)
    near = lead(context, "Nia Near")
    close_to(context, near, "A")
    seen = signed_in(other_page, near).get(ENTRY)
    assert numbers(seen) == []
    assert "still to be entered in our system" not in seen.words


def test_the_owner_hands_it_over_and_the_colleague_enters_it(
    desk: Page, other_page: Page, granted: Filed, context: Context
) -> None:
    account = caseworker(context, "Kim Other")
    desk.get(f"/staff/requests/{granted.number}")
    desk.get(f"/staff/requests/{granted.number}/hand-over")
    assert "Handed over to Kim Other" in desk.submit("/hand-over", colleague=account.id).words
    kept = row_of(context, granted)
    assert (kept.owner_id, kept.state) == (account.id, "decided")
    assert events(context, granted).count("taken") == 1, "the parent reads nothing of it"
    page = desk.get(f"/staff/requests/{granted.number}")
    assert "Kim Other has it" in page.words
    assert not page.document.query('form[action$="/completion"]')
    kim = signed_in(other_page, account)
    kim.get(f"/staff/requests/{granted.number}")
    assert "Done in our system" in kim.submit("/completion").words
    assert numbers(kim.get(ENTRY)) == []


def test_given_back_it_is_taken_without_being_begun_anew(
    desk: Page, other_page: Page, granted: Filed, context: Context
) -> None:
    desk.get(f"/staff/requests/{granted.number}/hand-over")
    desk.submit("/give-back")
    kim = caseworker(context, "Kim Other")
    colleague = signed_in(other_page, kim)
    colleague.get(f"/staff/requests/{granted.number}")
    colleague.submit("/take")
    kept = row_of(context, granted)
    assert (kept.owner_id, kept.state, kept.decision) == (kim.id, "decided", "granted")
    assert events(context, granted).count("taken") == 1


@pytest.mark.parametrize(("state", "decision"), [("decided", "denied"), ("applied", "granted")])
def test_with_nothing_left_to_do_it_stays_where_it_is(
    desk: Page, granted: Filed, context: Context, state: str, decision: str
) -> None:
    """ACL-5"""
    kim = caseworker(context, "Kim Other")
    change(context, granted, state=state, decision=decision)
    page = desk.get(f"/staff/requests/{granted.number}")
    assert "Hand over" not in page.links()
    version = str(row_of(context, granted).version)
    for step in ("hand-over", "give-back", "escalation"):
        fields = {"version": version, "colleague": kim.id, "reason": "x"}
        assert desk.post(f"/staff/requests/{granted.number}/{step}", fields).status == 409, step
    assert row_of(context, granted).owner_id is not None


@pytest.mark.parametrize("how", ["disabled", "closed", "no role"])
@pytest.mark.parametrize("stage", ["open", "granted"])
def test_what_a_colleague_had_who_left_is_nobodys(
    other_page: Page, mine: Filed, sam: TestAccount, context: Context, how: str, stage: str
) -> None:
    """N4, AUD-3: it is listed, says whose it was, and one press takes it."""
    if stage == "granted":
        change(context, mine, **GRANTED)
    account = caseworker(context, "Kim Other")
    address = "/staff/queue?whose=nobody" + ("&stage=entry" if stage == "granted" else "")
    kim = signed_in(other_page, account)
    assert numbers(kim.get(address)) == []
    leave(context, sam, how)
    seen = kim.get(address)
    assert numbers(seen) == [mine.number]
    assert "nobody; before: Sam Field" in row(seen, mine.number)
    assert "1 that nobody has" in seen.words
    if stage == "open":
        assert kim.get("/staff/queue/next").path == f"/staff/requests/{mine.number}"
    seen = kim.get(f"/staff/requests/{mine.number}")
    assert "Sam Field had it and cannot go on with it" in seen.words
    kim.submit("/take")
    assert row_of(context, mine).owner_id == account.id
    assert trail(context, "request:taken") == [("request:taken", account.id)]
    assert events(context, mine).count("taken") == 1, "for the parent nothing begins anew"


def test_a_supervisor_gives_out_what_a_colleague_had_who_left(
    page: Page, mine: Filed, sam: TestAccount, context: Context
) -> None:
    leave(context, sam)
    kim = caseworker(context, "Kim Other")
    boss = signed_in(page, lead(context))
    boss.get(f"/staff/requests/{mine.number}/hand-over")
    boss.submit("/hand-over", colleague=kim.id)
    assert row_of(context, mine).owner_id == kim.id


@pytest.mark.parametrize("left", [False, True])
def test_two_workers_take_what_is_to_be_entered_at_once(
    context: Context, parents: Parents, page: Page, other_page: Page, left: bool
) -> None:
    """CON-2, AUD-3: one owner each, whether nobody ever had it or a colleague who left."""
    gone = caseworker(context, "Gus Gone")
    requests = many(context, parents.payor, 10)
    for it in requests:
        change(context, it, owner_id=gone.id if left else None, **GRANTED)
    leave(context, gone)
    pages = [(page, caseworker(context)), (other_page, caseworker(context, "Kim Other"))]
    workers = [(signed_in(it, account), account.id) for it, account in pages]
    take_at_once(context, create_app(context=context), workers, requests, begun=0)


@pytest.mark.postgresql
def test_two_workers_at_once_on_postgresql(postgresql_context: Context, tmp_path: Path) -> None:
    """CON-2, AUD-3"""
    found = load_parents(postgresql_context, tmp_path)
    app = create_app(context=postgresql_context)
    gone = caseworker(postgresql_context, "Gus Gone")
    requests = many(postgresql_context, found.payor, 10)
    for it in requests:
        change(postgresql_context, it, owner_id=gone.id, **GRANTED)
    leave(postgresql_context, gone)
    accounts = [caseworker(postgresql_context), caseworker(postgresql_context, "Kim Other")]
    workers = [(signed_in(Page(app), it), it.id) for it in accounts]
    take_at_once(postgresql_context, app, workers, requests, begun=0)
    assert numbers(workers[0][0].get(ENTRY + "&whose=nobody")) == []
