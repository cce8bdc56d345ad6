"""The queue: late ones first, filters in the address, and nothing of who has to do with a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from portal.accounts.models import Account
from portal.context import Context
from portal.requests.models import Submission
from portal.rules.vocabulary import RequestKind
from portal.security.permissions import StaffRole
from portal.staff.parties import PartyToCase, keep_parties_out
from portal.staff.queue import QueueFilter, list_queue, next_number
from portal.staff.which_requests import may_work
from tests.requests.parents import Parents, load_parents, signed_in
from tests.staff.desk import desk, parents, sam
from tests.staff.on_requests import caseworker, close_to, file_one
from tests.staff.queue_of import href_of, numbers, put, queries, row
from tests.support.accounts import TestAccount
from tests.support.page import Page
from tests.support.staff import make_staff

__all__ = ["desk", "parents", "sam"]
HOSTILE = "<script>alert(1)</script>=HYPERLINK(1) Jordan’s own words"
Put = Callable[..., str]


@pytest.fixture
def of_payor(context: Context, parents: Parents) -> Put:
    """Put a request of the payor's into the queue; its number."""

    def act(**changed: object) -> str:
        return put(context, parents.payor.id, "P", **changed)  # type: ignore[arg-type]

    return act


def test_late_ones_come_first(desk: Page, of_payor: Put) -> None:
    later, undated = of_payor(days=9), of_payor(days=None)
    late, last_day, very_late = of_payor(days=-1), of_payor(days=0), of_payor(days=-30)
    seen = desk.get("/staff/queue")
    assert numbers(seen) == [very_late, late, last_day, later, undated]
    assert "30 days late" in row(seen, very_late)
    assert "1 day late" in row(seen, late)
    assert "late" not in row(seen, last_day)
    said = seen.words.replace(" ,", ",")
    assert "5 requests wait for an answer: 2 late, 5 that nobody has, 0 of yours" in said


def test_a_line_says_what_one_needs_to_choose(
    desk: Page, of_payor: Put, context: Context, sam: TestAccount
) -> None:
    until = context.agency.local_date(context.now()) + timedelta(days=7)
    number = of_payor(
        state="more_information_asked", asked_until=until, owner_id=sam.id,
        escalated_at=context.now(), owner="Boston office",
    )  # fmt: skip
    line = row(desk.get("/staff/queue"), number)
    for part in ("Administrative review", "Dec 12, 2026", "20", "5", "you (Boston office)",
                 "English", "Waiting for the parent until Nov 29, 2026",
                 "with the supervisors"):  # fmt: skip
        assert part in line, part
    assert "Take it" not in line


def test_what_has_its_answer_is_not_listed(desk: Page, of_payor: Put) -> None:
    for state in ("decided", "applied", "withdrawn", "refused"):
        of_payor(state=state, decision="granted" if state == "decided" else None)
    waiting = {of_payor(state=it) for it in ("received", "under_review", "more_information_asked")}
    assert set(numbers(desk.get("/staff/queue"))) == waiting


def test_filters_live_in_the_address(
    desk: Page, of_payor: Put, context: Context, parents: Parents, sam: TestAccount
) -> None:
    kim = caseworker(context, "Kim Other")
    mine, theirs = of_payor(owner_id=sam.id, days=1), of_payor(owner_id=kim.id, days=2)
    change = of_payor(kind=RequestKind.CHANGE_OF_ADDRESS, cases=(), days=3)
    late = of_payor(days=-3)
    raised = of_payor(escalated_at=context.now(), days=5)
    with context.database.transaction() as session:
        session.get_one(Account, parents.other.id).language = "es"
        languages = context.agency.languages
    spanish = put(context, parents.other.id, "B", cases=(), days=6)
    shown = {
        "whose=mine": [mine],
        "whose=nobody": [late, change, raised, spanish],
        "kind=change_of_address": [change],
        "late=y": [late],
        "escalated=y": [raised],
        "whose=nobody&kind=administrative_review&escalated=y": [raised],
        "": [late, mine, theirs, change, raised, spanish],
    }
    if "es" in languages:
        shown["language=es"] = [spanish]
    for query, expected in shown.items():
        assert numbers(desk.get(f"/staff/queue?{query}")) == expected, query
    assert "Kim Other" in row(desk.get("/staff/queue"), theirs)
    desk.get("/staff/queue")
    sent = desk.submit("/queue", whose="mine", kind="administrative_review")
    assert numbers(sent) == [mine]


@pytest.mark.parametrize(
    "query", ["whose=<script>", "kind=x", "language=xx", "page=-4", "page=x", "late=maybe"]
)
def test_a_spoilt_address_is_no_error(desk: Page, of_payor: Put, query: str) -> None:
    of_payor()
    seen = desk.get(f"/staff/queue?{query}")
    assert seen.status == 200
    assert "<script>" not in seen.text


def test_pages_keep_the_filter(desk: Page, of_payor: Put) -> None:
    for day in range(60):
        of_payor(days=day)
    of_payor(days=1, kind=RequestKind.CHANGE_OF_ADDRESS)
    found = []
    for page in (1, 2, 3):
        seen = desk.get(f"/staff/queue?kind=administrative_review&page={page}")
        found.append(numbers(seen))
    assert [len(it) for it in found] == [25, 25, 10]
    assert len({number for page in found for number in page}) == 60
    assert numbers(desk.get("/staff/queue?kind=administrative_review&page=99")) == found[-1]
    first = desk.get("/staff/queue?kind=administrative_review")
    assert href_of(first, "2") == "/staff/queue?kind=administrative_review&page=2"


def test_nobody_sees_requests_of_people_they_are_close_to(
    page: Page, parents: Parents, of_payor: Put, context: Context
) -> None:
    """ACL-4: by the sender, by the case, and by the sender's cases where it names none; neither in
    the list nor in its counts nor as the next."""
    kim = caseworker(context, "Kim Other")
    on_c1, on_c2, about_self = of_payor(days=1), of_payor(days=2, cases=("C2",)), of_payor(
        days=3, cases=(), kind=RequestKind.CHANGE_OF_ADDRESS)  # fmt: skip
    of_b = put(context, parents.other.id, "B", cases=(), days=4)
    everything = [on_c1, on_c2, about_self, of_b]
    worker = signed_in(page, kim)
    assert numbers(worker.get("/staff/queue")) == everything
    close_to(context, kim, "A")  # A and P share C1; B and P share C2
    seen = worker.get("/staff/queue")
    assert numbers(seen) == [on_c2, of_b]
    assert "2 requests wait for an answer" in seen.words
    assert worker.get("/staff/queue/next").path == f"/staff/requests/{on_c2}"
    close_to(context, kim, "P")
    assert numbers(worker.get("/staff/queue")) == []
    assert worker.get("/staff/queue/next").path == "/staff/queue"


@pytest.mark.parametrize("person", ["A", "B", "P", "K1", "nobody"])
def test_the_list_leaves_out_what_each_page_refuses(
    context: Context, parents: Parents, of_payor: Put, sam: TestAccount, person: str
) -> None:
    """ACL-4: the condition for all at once says what `keep_parties_out` says of each."""
    for cases in ((), ("C1",), ("C2",), ("C1", "C2")):
        for account, participant in ((parents.payor, "P"), (parents.marked, "A"),
                                     (parents.other, "B")):  # fmt: skip
            put(context, account.id, participant, cases=cases)
    close_to(context, sam, person)
    with context.database.session() as session:
        worker = session.get_one(Account, sam.id)
        listed = set(session.query(Submission).filter(may_work(worker)))
        allowed = set()
        for submission in session.query(Submission):
            try:
                keep_parties_out(session, worker, submission)
                allowed.add(submission)
            except PartyToCase:
                pass
    assert listed == allowed
    assert (len(listed) < 12) == (person in ("A", "B", "P", "K1"))


def test_no_word_and_no_name_of_a_parent(desk: Page, context: Context, parents: Parents) -> None:
    """INJ-2: the list shows numbers."""
    filed = file_one(context, parents.payor, words=HOSTILE)
    seen = desk.get("/staff/queue")
    assert numbers(seen) == [filed.number]
    for word in ("Jordan", "alert(1)", "HYPERLINK", ">P<", parents.payor.email):
        assert word not in seen.text, word


def test_as_many_questions_for_a_hundred_as_for_five(
    desk: Page, of_payor: Put, context: Context, sam: TestAccount
) -> None:
    for day in range(5):
        of_payor(days=day, owner_id=sam.id if day % 2 else None)
    few = queries(context, desk, "/staff/queue")
    for day in range(95):
        of_payor(days=day, owner_id=sam.id if day % 2 else None)
    assert queries(context, desk, "/staff/queue") == few
    assert few <= 12


def test_next_goes_through_what_nobody_has(
    desk: Page, of_payor: Put, context: Context, parents: Parents, sam: TestAccount
) -> None:
    """By due date, past what is owned or waits for its parent, and round again."""
    today = context.agency.local_date(context.now())
    of_payor(days=-9, owner_id=sam.id)
    of_payor(days=-8, state="more_information_asked", asked_until=today)
    over = of_payor(days=-7, state="more_information_asked", asked_until=today - timedelta(days=1))
    late, undated = of_payor(days=-6), of_payor(days=None)
    path = "/staff/queue/next"
    for expected in (over, late, undated, over):
        answer = desk.client.get(path, base_url="http://localhost:8000")
        assert answer.headers["Location"] == f"/staff/requests/{expected}"
        path = f"/staff/queue/next?after={expected}"
    answer = desk.client.get("/staff/queue/next?after=NONE-SUCH", base_url="http://localhost:8000")
    assert answer.headers["Location"] == f"/staff/requests/{over}"


def test_with_nothing_left_next_shows_the_list(desk: Page) -> None:
    seen = desk.get("/staff/queue/next")
    assert (seen.path, seen.status) == ("/staff/queue", 200)
    assert "No request fits" in seen.words


def test_the_queue_is_the_first_place_and_has_keys(desk: Page, of_payor: Put) -> None:
    of_payor()
    seen = desk.get("/staff")
    assert seen.path == "/staff/queue"
    assert seen.document.query('a[accesskey="n"]')
    assert "N the next request" in seen.words


def test_an_auditor_finds_no_queue(page: Page, context: Context, parents: Parents) -> None:
    """ACL-3"""
    worker = make_staff(context, StaffRole.AUDITOR, StaffRole.OPERATOR, name="Ava Book")
    browser = signed_in(page, worker)
    assert browser.get("/staff/queue").status == 404
    assert browser.get("/staff/queue/next").status == 404


@pytest.mark.postgresql
def test_the_same_on_postgresql(postgresql_context: Context, tmp_path: Path) -> None:
    """Order, counts, what is left out, and the next: the statements hold there too."""
    context = postgresql_context
    found, kim = load_parents(context, tmp_path), caseworker(context, "Kim Other")
    mine = [put(context, found.payor.id, "P", days=it, cases=("C2",)) for it in (4, -2, None)]
    put(context, found.payor.id, "P", days=1)
    close_to(context, kim, "A")
    with context.database.session() as session:
        worker = session.get_one(Account, kim.id)
        listed = list_queue(session, context.agency, worker, QueueFilter(), 1, context.now())
        assert [it.number for it in listed.rows] == [mine[1], mine[0], mine[2]]
        assert (listed.counts.all, listed.counts.late) == (3, 1)
        after = next_number(session, context.agency, worker, context.now(), mine[0])
        assert after == mine[2]


def test_the_way_out_and_the_hotline_are_for_parents(
    desk: Page, other_page: Page, parents: Parents
) -> None:
    """A desk of the agency needs neither; a parent has both on every page."""
    for path in ("/staff/queue", "/staff/look-up", "/account", "/staff/nowhere"):
        seen = desk.get(path)
        assert "numbers are below" not in seen.words, path
        assert "Leave this site" not in seen.words, path
        assert "at risk of harm" not in seen.text, path
    seen = signed_in(other_page, parents.payor).get("/requests")
    assert seen.document.query("form[action='/leave']")
    assert "at risk of harm" in seen.text


def test_without_anything_left_no_button_leads_to_the_next(
    desk: Page, of_payor: Put, sam: TestAccount
) -> None:
    of_payor(owner_id=sam.id)
    assert "Next one that nobody has" not in desk.get("/staff/queue").links()
    of_payor()
    assert "Next one that nobody has" in desk.get("/staff/queue").links()
