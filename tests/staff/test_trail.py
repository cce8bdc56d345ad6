"""The auditor's pages: who opened whose record, as the database has it, without a fact of a case."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.opening_models import RecordOpening
from portal.audit.models import AuditEvent
from portal.audit.seal import seal_events
from portal.context import Context
from portal.notices.jobs import JobRun
from portal.security import throttles
from portal.security.permissions import StaffRole
from portal.staff import audit_pages
from portal.staff.unusual import Rule
from tests.requests.parents import Parents, signed_in
from tests.staff.desk import desk, filed, parents, sam
from tests.staff.looking_up import OTHER, PAYOR, look_up, make_close
from tests.staff.on_requests import Filed, trail
from tests.support.accounts import TestAccount
from tests.support.clock import Clock
from tests.support.page import Page, Seen
from tests.support.page_rules import attributes
from tests.support.staff import make_staff

__all__ = ["desk", "filed", "parents", "sam"]


@pytest.fixture
def robin(context: Context) -> TestAccount:
    return make_staff(context, StaffRole.AUDITOR, name="Robin Poe")


@pytest.fixture
def audit(other_page: Page, robin: TestAccount) -> Page:
    """The auditor's browser."""
    return signed_in(other_page, robin)


def add(context: Context, worker: str, person: str, at: datetime) -> None:
    with context.database.transaction() as session:
        session.add(RecordOpening(id=uuid.uuid4().hex, account_id=worker, role="caseworker",
                                  participant_id=person, reason="call", at=at))  # fmt: skip


def test_who_opened_what_when_and_why(
    desk: Page, audit: Page, filed: Filed, context: Context
) -> None:
    """AUD-4, ACL-3: the worker's name and words, the request's number; nothing of the parent."""
    look_up(desk, **PAYOR)
    look_up(desk, **OTHER)
    desk.get(f"/staff/requests/{filed.number}")
    seen = audit.get("/staff/trail")
    assert "3 openings" in seen.words
    assert seen.words.count("Sam Field (Caseworker)") == 3
    assert "CANARYWHY: asks about November" in seen.words
    assert filed.number in seen.words
    for hidden in ("Jordan", "Pike", "Lopez", "666", "C1", "875.00"):
        assert hidden not in seen.words
    labels = {row.query("td")[1].to_text().strip() for row in seen.document.query("tbody tr")}
    assert len(labels) == 2, "one label a person"


@pytest.mark.parametrize(
    ("number", "count"), [("C1", 1), ("c2", 2), ("666-20-0001", 1), ("666200002", 0)]
)
def test_of_a_person_or_a_case(
    desk: Page, audit: Page, context: Context, robin: TestAccount, number: str, count: int
) -> None:
    """AUD-4: "who looked at this case"; the number stands in no address, the search in the trail."""
    look_up(desk, **PAYOR)
    look_up(desk, **OTHER)
    audit.get("/staff/trail")
    seen = audit.submit("/trail/people", number=number)
    assert f"{count} opening" in seen.words
    said = re.split(r"[/?=&]", str(seen.response.request.url))
    assert number not in said  # a random id may hold such letters
    assert trail(context, "staff:trail:searched") == [("staff:trail:searched", robin.id)]


def test_a_number_there_is_not(desk: Page, audit: Page, context: Context) -> None:
    audit.get("/staff/trail")
    assert "no case or person" in audit.submit("/trail/people", number="C99").errors
    audit.get("/staff/trail")
    assert "Enter a number" in audit.submit("/trail/people").errors
    assert "0 openings" in audit.get("/staff/trail?who=made-up").words
    assert "0 openings" in audit.get("/staff/trail?worker=made-up").words


def search(audit: Page, number: str) -> Seen:
    audit.get("/staff/trail")
    return audit.submit("/trail/people", number=number)


def whys(context: Context) -> list[str]:
    with context.database.session() as session:
        rows = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.name == "staff:trail:searched")
            .order_by(AuditEvent.at, AuditEvent.id)
        )
        return sorted(str(row.detail.get("why", row.outcome)) for row in rows)


def test_ten_misses_shut_the_search_for_an_hour(
    parents: Parents, audit: Page, context: Context, clock: Clock, robin: TestAccount
) -> None:
    """RAT-1, AUD-4: an auditor tries no numbers out either; each try is in the trail."""
    for number in range(10):
        assert search(audit, f"66699000{number}").status == 200
    seen = search(audit, "666-20-0001")
    assert seen.status == 429
    assert "too many numbers" in seen.errors
    assert "666-20" not in seen.source
    assert whys(context) == ["nobody"] * 10 + ["throttled"]
    clock.forward(minutes=61)
    again = signed_in(Page(audit.app), robin)
    assert "0 openings" in search(again, "666-20-0001").words


def test_a_search_is_counted_as_a_look_up(
    parents: Parents, audit: Page, context: Context, robin: TestAccount
) -> None:
    """RAT-1: a hundred in a working day, with what the same person looks up in another role."""
    with context.database.transaction() as session:
        gate = throttles.look(session, context.keyring, throttles.LOOK_UP, robin.id, context.now())
        for _time in range(99):
            gate.count(context.now())
    assert search(audit, "C1").status == 200
    assert search(audit, "C1").status == 429
    assert whys(context) == ["success", "throttled"]


def test_no_auditor_searches_for_family(
    desk: Page, audit: Page, context: Context, robin: TestAccount
) -> None:
    """ACL-4: neither by the person nor by a case of theirs."""
    look_up(desk, **OTHER)
    make_close(context, robin, "P")
    for number in ("666-20-0001", "C1"):
        seen = search(audit, number)
        assert seen.status == 403
        assert "CANARYWHY" not in seen.text
    assert whys(context) == ["close", "close"]


def test_of_a_worker_and_of_days(
    desk: Page, audit: Page, context: Context, sam: TestAccount
) -> None:
    """AUD-4: "what did this worker open"; days are the agency's own."""
    cas = make_staff(context, StaffRole.CASEWORKER, name="Cas Dunn")
    midnight = context.agency.start_of_day(context.agency.local_date(context.now()))
    add(context, sam.id, "P", midnight)
    add(context, sam.id, "P", midnight - timedelta(seconds=1))
    add(context, cas.id, "B", midnight)
    audit.get("/staff/trail")
    assert audit.seen is not None
    token = next(
        str(attributes(option)["value"])
        for option in audit.seen.document.query("option")
        if option.to_text().strip() == "Sam Field"
    )
    query = {"worker": token, "first": "2026-11-22", "last": "11/22/2026"}
    seen = audit.get("/staff/trail", query_string=query)
    assert "1 opening" in seen.words
    assert "Cas Dunn (" not in seen.words
    assert "2 openings" in audit.get("/staff/trail", query_string={"worker": token}).words
    assert "3 openings" in audit.get("/staff/trail?first=nonsense").words


def test_counts_equal_the_database(
    desk: Page, audit: Page, context: Context, sam: TestAccount
) -> None:
    """AUD-4: over pages, too."""
    for number in range(60):
        add(context, sam.id, f"P{number}", context.now() - timedelta(hours=number))
    with context.database.session() as session:
        count = session.scalar(select(func.count()).select_from(RecordOpening))
    seen = [audit.get(f"/staff/trail?page={page}") for page in (1, 2, 99)]
    assert f"{count} openings" in seen[0].words
    assert [len(it.document.query("tbody tr")) for it in seen] == [50, 10, 10]


def test_what_is_unusual(
    desk: Page, audit: Page, filed: Filed, context: Context, sam: TestAccount
) -> None:
    """AUD-4: a Sunday it is; the payor has a request, the other parent has none."""
    look_up(desk, **PAYOR)
    look_up(desk, **OTHER)
    with context.database.session() as session:
        today = context.agency.local_date(context.now())
        found = audit_pages.unusual(session, context.agency, today, today)
    assert {(it.rule, it.worker_id, it.count) for it in found} == {
        (Rule.OUTSIDE_HOURS, sam.id, 2),
        (Rule.WITHOUT_REQUEST, sam.id, 1),
    }
    seen = audit.get("/staff/trail/unusual")
    assert "Nov 22, 2026 Sam Field Outside working hours 2" in seen.words
    assert "Nov 22, 2026 Sam Field The person had no open request 1" in seen.words
    assert "Jordan" not in seen.text
    assert "2 openings" in audit.get(next(
        href for words, href in seen.links().items() if "See them" in words)).words  # fmt: skip


def test_when_the_trail_was_sealed_and_verified(audit: Page, context: Context) -> None:
    """AUD-2, AUD-4."""
    assert "verified Not yet" in audit.get("/staff/trail").words
    seal_events(context, context.now())
    with context.database.transaction() as session:
        session.add(JobRun(name="audit.verify", due_at=context.now(), finished_at=context.now()))
    words = audit.get("/staff/trail").words
    assert "sealed up to Nov 22, 2026, 10:0" in words
    assert "whole" in words
    with context.database.transaction() as session:
        session.get_one(JobRun, "audit.verify").failed = True
    assert "not as it was sealed" in audit.get("/staff/trail").words


def test_for_the_auditor_alone(desk: Page, other_page: Page, context: Context) -> None:
    """ACL-1, ACL-3: not even for a supervisor or an operator, whose look-ups it shows."""
    boss = make_staff(
        context, StaffRole.SUPERVISOR, StaffRole.OPERATOR, StaffRole.CASEWORKER, name="Ada Lane"
    )
    signed_in(other_page, boss)
    for page in (desk, other_page):
        for path in ("/staff/trail", "/staff/trail/unusual"):
            assert page.get(path).status == 404
        assert page.post("/staff/trail/people", {"number": "C1"}).status == 404
