"""Where a marked parent lives: for one worker, for one request, for a day (PRV-2)."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.requests.models import EvidenceFile, Submission
from portal.security.permissions import StaffRole
from portal.staff import protected_location as service
from portal.staff.add_member import grant_roles
from portal.staff.disable import disable, enable
from portal.staff.grants import end_role
from portal.staff.models import ProtectedLocationGrant
from portal.staff.parties import PartyToCase
from portal.staff.protected_location import NothingHidden, NothingToDecide, NotTheirs
from tests.requests.parents import STREET, Parents, photo, send_address, signed_in
from tests.staff.desk import desk, parents, sam
from tests.staff.looking_up import make_close
from tests.staff.on_requests import Filed, give, trail
from tests.support.accounts import TestAccount, mails
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.race import race
from tests.support.staff import make_staff

__all__ = ["desk", "parents", "sam"]
WHY = "CANARYWHY: the letter came back"


@pytest.fixture
def number(desk: Page, parents: Parents) -> str:
    """A change of address of the marked parent's."""
    return send_address(signed_in(Page(desk.app), parents.marked))


@pytest.fixture
def ada(context: Context) -> TestAccount:
    return make_staff(context, StaffRole.SUPERVISOR, StaffRole.CASEWORKER, name="Ada Lane")


def ask(desk: Page, number: str) -> str:
    desk.get(f"/staff/requests/{number}/protected-location")
    return desk.submit("/protected-location", words=WHY).words


def decide(page: Page, number: str, decision: str) -> str:
    page.get("/staff/protected-locations")
    assert page.seen is not None
    assert "CANARYWHY" not in page.seen.words, "read one by one, and told to the parent"
    page.get(next(href for words, href in page.seen.links().items() if number in words))
    assert "CANARYWHY" in page.seen.words
    return page.submit(decision=decision).words


def grants(context: Context) -> list[ProtectedLocationGrant]:
    with context.database.session() as session:
        found = list(session.scalars(select(ProtectedLocationGrant)))
        session.expunge_all()
        return found


def test_asked_granted_seen_and_over_after_a_day(
    desk: Page,
    other_page: Page,
    number: str,
    context: Context,
    clock: Clock,
    sam: TestAccount,
    ada: TestAccount,
) -> None:
    """PRV-2, AUD-1: two people, both in the trail; no mail tells of it."""
    path = f"/staff/requests/{number}"
    assert STREET not in desk.get(path).text
    sent = len(mails(context))
    assert "A supervisor was asked" in ask(desk, number)
    assert STREET not in desk.get(path).text
    assert "Granted" in decide(signed_in(other_page, ada), number, "grant")
    assert STREET in desk.get(path).text
    assert STREET not in other_page.get(path).text, "for the one who asked alone"
    assert len(mails(context)) == sent
    (row,) = grants(context)
    assert b"CANARYWHY" not in row.reason
    assert trail(context, "staff:protected-location:asked") == [
        ("staff:protected-location:asked", sam.id)
    ]
    assert trail(context, "staff:protected-location:granted") == [
        ("staff:protected-location:granted", ada.id)
    ]
    clock.forward(hours=24)
    assert STREET not in signed_in(Page(desk.app), sam).get(path).text


def test_what_she_sent_for_it_is_kept_back_with_it(
    desk: Page, other_page: Page, number: str, context: Context, parents: Parents,
    sam: TestAccount, ada: TestAccount,
) -> None:  # fmt: skip
    """PRV-2: asked for proof, she sends a lease: her words, its name and its pages tell the place."""
    with context.database.session() as session:
        row = session.scalars(select(Submission).where(Submission.number == number)).one()
        filed = Filed(number, row.id)
    give(context, filed, sam)
    desk.get(f"/staff/requests/{number}/more-information")
    assert desk.submit("/more-information", words="Send the lease.").status == 200
    hers, path = signed_in(Page(desk.app), parents.marked), f"/requests/{number}/more-information"
    hers.get(path)
    hers.post(path, {"words": "CANARYWORDS", "action": "add",
                     "file": (io.BytesIO(photo()), "CANARYLEASE.jpg")})  # fmt: skip
    hers.submit("/more-information", button="action=send")
    with context.database.session() as session:
        file_id = session.scalars(select(EvidenceFile.id)).one()
    page, lease = f"/staff/requests/{number}", f"/staff/requests/{number}/evidence/{file_id}"
    for tail in ("", "/refusal", "/more-information"):
        seen = desk.get(page + tail)
        assert seen.status == 200
        assert "CANARY" not in seen.text, tail
    for tail in ("", "/pages/1", "/file"):
        assert desk.get(lease + tail).status == 404, tail
    assert trail(context, "staff:evidence:opened") == []
    ask(desk, number)
    decide(signed_in(other_page, ada), number, "grant")
    seen = desk.get(page)
    assert "CANARYWORDS" in seen.words
    assert "CANARYLEASE" in seen.words
    assert desk.get(lease + "/pages/1").status == 200
    assert other_page.get(lease + "/pages/1").status == 404


def test_refused_stays_hidden(
    desk: Page, other_page: Page, number: str, context: Context, ada: TestAccount
) -> None:
    """PRV-2."""
    ask(desk, number)
    assert "Refused" in decide(signed_in(other_page, ada), number, "refuse")
    assert STREET not in desk.get(f"/staff/requests/{number}").text
    assert "Nothing waits" in other_page.get("/staff/protected-locations").words


def test_it_is_for_that_request_alone(
    desk: Page, other_page: Page, number: str, parents: Parents, ada: TestAccount, clock: Clock
) -> None:
    """PRV-2: her next request asks anew."""
    ask(desk, number)
    decide(signed_in(other_page, ada), number, "grant")
    clock.forward(minutes=1)
    second = send_address(signed_in(Page(desk.app), parents.marked), line1="77 Birch Road")
    assert STREET in desk.get(f"/staff/requests/{number}").text
    assert "77 Birch Road" not in desk.get(f"/staff/requests/{second}").text


def test_never_to_oneself(
    page: Page, other_page: Page, desk: Page, number: str, context: Context, ada: TestAccount
) -> None:
    """ACL-4: neither by the page nor by the service."""
    boss = signed_in(other_page, ada)
    boss.get(f"/staff/requests/{number}/protected-location")
    boss.submit("/protected-location", words=WHY)
    (row,) = grants(context)
    assert "Nothing waits" in boss.get("/staff/protected-locations").words
    assert boss.get(f"/staff/protected-locations/{row.id}").status == 404
    assert boss.post(f"/staff/protected-locations/{row.id}", {"decision": "grant"}).status == 404
    with context.database.transaction() as session:
        me = session.get_one(Account, ada.id)
        with pytest.raises(NotTheirs):
            service.decide(session, me, row.id, context.now(), grants=True)


def test_no_supervisor_who_is_close(
    desk: Page, other_page: Page, number: str, context: Context, ada: TestAccount
) -> None:
    """ACL-4: the payor's friend does not get to hand her address out."""
    ask(desk, number)
    make_close(context, ada, "P")
    (row,) = grants(context)
    boss = signed_in(other_page, ada)
    assert boss.get(f"/staff/protected-locations/{row.id}").status == 404
    with context.database.transaction() as session:
        me = session.get_one(Account, ada.id)
        with pytest.raises(PartyToCase):
            service.decide(session, me, row.id, context.now(), grants=True)


def test_no_leave_for_an_asker_who_became_close(
    desk: Page, other_page: Page, number: str, context: Context, sam: TestAccount, ada: TestAccount
) -> None:
    """ACL-4, PRV-2: looked at again when it is granted, not only when it was asked."""
    ask(desk, number)
    (row,) = grants(context)
    make_close(context, sam, "P")
    boss = signed_in(other_page, ada)
    assert "Nothing waits" in boss.get("/staff/protected-locations").words
    assert boss.post(f"/staff/protected-locations/{row.id}", {"decision": "grant"}).status == 404
    with context.database.transaction() as session:
        me = session.get_one(Account, ada.id)
        with pytest.raises(NothingToDecide):
            service.decide(session, me, row.id, context.now(), grants=True)
    assert grants(context)[0].granted_at is None


@pytest.mark.parametrize("what", ["granted", "asked"])
@pytest.mark.parametrize("how", ["role ended", "disabled"])
def test_leave_ends_with_the_holders_role_and_does_not_come_back(
    desk: Page, other_page: Page, number: str, context: Context, sam: TestAccount,
    ada: TestAccount, what: str, how: str,
) -> None:  # fmt: skip
    """PRV-2, ACL-3: nor does what was asked before; the trail has it."""
    ask(desk, number)
    boss = signed_in(other_page, ada)
    if what == "granted":
        decide(boss, number, "grant")
        assert STREET in desk.get(f"/staff/requests/{number}").text
    ben = make_staff(context, StaffRole.SUPERVISOR, name="Ben Cole")
    with context.database.transaction() as session:
        me, chief, second = (session.get_one(Account, it.id) for it in (sam, ada, ben))
        if how == "disabled":
            disable(session, me, chief, context.now())
            enable(session, me, chief, context.now())
        else:
            end_role(session, chief, me, StaffRole.CASEWORKER, context.now())
            session.expire(me)
            grant_roles(session, me, [StaffRole.CASEWORKER], asked_by=chief.id,
                        approved_by=second.id, now=context.now())  # fmt: skip
    assert "Nothing waits" in boss.get("/staff/protected-locations").words
    again = signed_in(Page(desk.app), sam)
    seen = again.get(f"/staff/requests/{number}")
    assert seen.status == 200
    assert STREET not in seen.text
    assert trail(context, "staff:protected-location:ended") == [
        ("staff:protected-location:ended", ada.id)
    ]
    ask(again, number)
    decide(boss, number, "grant")
    assert STREET in again.get(f"/staff/requests/{number}").text


def test_another_role_that_ends_leaves_it(
    desk: Page, other_page: Page, number: str, context: Context, ada: TestAccount
) -> None:
    """PRV-2: leave rests on the role that works requests."""
    kim = make_staff(context, StaffRole.CASEWORKER, StaffRole.AUDITOR, name="Kim Doe")
    ask(signed_in(Page(desk.app), kim), number)
    decide(signed_in(other_page, ada), number, "grant")
    with context.database.transaction() as session:
        me, chief = session.get_one(Account, kim.id), session.get_one(Account, ada.id)
        end_role(session, chief, me, StaffRole.AUDITOR, context.now())
    assert STREET in signed_in(Page(desk.app), kim).get(f"/staff/requests/{number}").text


def test_the_parent_sees_that_a_supervisor_read_the_reason(
    desk: Page, other_page: Page, number: str, context: Context, parents: Parents, ada: TestAccount
) -> None:
    """AUD-4: what colleagues write of her tells of her; reading it opens nothing else."""
    ask(desk, number)
    boss = signed_in(other_page, ada)
    opened = ("staff:record:opened", ada.id)
    assert opened not in trail(context)
    decide(boss, number, "refuse")
    assert trail(context).count(opened) == 1
    hers = signed_in(Page(desk.app), parents.marked).get("/account/record-openings")
    assert "To approve what a colleague asked for" in hers.words


def test_asked_once_and_only_where_something_is_hidden(
    desk: Page, number: str, parents: Parents, context: Context, sam: TestAccount
) -> None:
    ask(desk, number)
    assert "nothing to ask for" in ask(desk, number)
    open_one = send_address(signed_in(Page(desk.app), parents.other))
    with context.database.transaction() as session:
        me = session.get_one(Account, sam.id)
        for request in (number, open_one):
            with pytest.raises(NothingHidden):
                service.ask(session, context, me, request, "x", context.now())
    assert len(grants(context)) == 1


def test_one_decision(
    desk: Page, number: str, context: Context, sam: TestAccount, ada: TestAccount
) -> None:
    """CON-2, AUD-3: of eight at one moment one counts; and none after a day."""
    ask(desk, number)
    (row,) = grants(context)
    turns = iter(range(20))

    def act(session: Session) -> bool:
        mine = next(turns)
        boss = session.get_one(Account, ada.id)
        try:
            service.decide(session, boss, row.id, context.now(), grants=mine % 2 == 0)
        except NothingToDecide:
            return False
        return True

    assert race(context, act, times=8).count(True) == 1
    with context.database.session() as session:
        names = list(session.scalars(select(AuditEvent.name).where(
            AuditEvent.name.like("staff:protected-location:%"))))  # fmt: skip
    assert len(names) == 2


def test_nobody_decided_for_a_day(
    desk: Page, number: str, context: Context, ada: TestAccount
) -> None:
    ask(desk, number)
    (row,) = grants(context)
    later = context.now() + timedelta(hours=24)
    with context.database.transaction() as session:
        boss = session.get_one(Account, ada.id)
        assert service.waiting(session, context, boss, later) == []
        with pytest.raises(NothingToDecide):
            service.decide(session, boss, row.id, later, grants=True)


def test_wrong_roles(
    desk: Page, other_page: Page, number: str, context: Context, sam: TestAccount
) -> None:
    """ACL-1, ACL-3: a caseworker grants nothing, an auditor does not even ask."""
    ask(desk, number)
    (row,) = grants(context)
    assert desk.get("/staff/protected-locations").status == 404
    assert desk.get(f"/staff/protected-locations/{row.id}").status == 404
    assert desk.post(f"/staff/protected-locations/{row.id}", {"decision": "grant"}).status == 404
    auditor = signed_in(other_page, make_staff(context, StaffRole.AUDITOR, name="Robin Poe"))
    assert auditor.get(f"/staff/requests/{number}/protected-location").status == 404
    with context.database.session() as session:
        submission = session.query(Submission).filter_by(number=number).one()
        worker = session.get_one(Account, sam.id)
        assert not service.may_see_location(session, worker, submission.id, "A", context.now())
