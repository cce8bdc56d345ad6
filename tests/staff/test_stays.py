"""The stay through its life: begun by a timely answer to a notice, ended once, seen by the payor and
the staff, handed to the agency, and nothing to the other parent."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.context import Context
from portal.feeds.export import export
from portal.notices.worker import run_once
from portal.requests.file_review import Review
from portal.requests.grounds import Ground
from portal.requests.lifecycle import move
from portal.requests.models import Submission, SubmissionCase
from portal.requests.stayed_cases import stayed_cases
from portal.requests.submit import DisputedCase
from portal.rules.agency import load_agency
from portal.rules.stays import FiledReview, stay_of
from portal.rules.transitions import Cause, Event
from portal.rules.vocabulary import NoticeKind
from tests.requests.parents import REVIEW, Parents, signed_in
from tests.staff.desk import desk, filed, mine, parents, sam
from tests.staff.on_requests import Filed, answers, events, file_one
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.walk import walk

__all__ = ["desk", "filed", "mine", "parents", "sam"]
AGENCY = load_agency("massachusetts")
CASES = ("C1", "C2", "C3")
PAUSED = "new enforcement paused"


def stayed(context: Context, at: datetime | None = None) -> frozenset[str]:
    with context.database.session() as session:
        return stayed_cases(session, CASES, at or context.now())


def send(desk: Page, fields: dict[str, Any]) -> None:
    desk.submit("/decision", button="action=letter", **fields)
    desk.submit("/decision/sending")


def decide(context: Context, desk: Page, payor: Page, filed: Filed) -> None:
    desk.get(f"/staff/requests/{filed.number}/decision")
    send(desk, answers(4))


def deny(context: Context, desk: Page, payor: Page, filed: Filed) -> None:
    desk.get(f"/staff/requests/{filed.number}/decision")
    fields = answers(4)
    for index in range(4):
        fields |= {f"lines-{index}-outcome": "denied", f"lines-{index}-amount": ""}
    send(desk, fields)


def refuse(context: Context, desk: Page, payor: Page, filed: Filed) -> None:
    """As an extract tells it; the staff decide a review and cannot refuse it."""
    desk.get(f"/staff/requests/{filed.number}/refusal")
    assert desk.submit("/refusal", reason="Not ours.").status == 409
    assert stayed(context) == {"C1", "C2"}
    with context.database.transaction() as session:
        submission = session.get_one(Submission, filed.id)
        cause = Cause.AGENCY
        move(session, context.sealer, submission, Event.REFUSED, cause, context.now())


def withdraw(context: Context, desk: Page, payor: Page, filed: Filed) -> None:
    payor.get(f"/requests/{filed.number}/withdrawal")
    payor.submit("/withdrawal")


ENDS = {"partly_granted": decide, "denied": deny, "refused": refuse, "withdrawn": withdraw}


@pytest.mark.parametrize("event", ENDS)
def test_whatever_ends_a_review_ends_its_stay_once(
    desk: Page, other_page: Page, context: Context, parents: Parents, mine: Filed, event: str,
    tmp_path: Path, clock: Clock,
) -> None:  # fmt: skip
    """The cases of the notice, the payor's pages, the staff's page, the export."""
    payor, path = signed_in(other_page, parents.payor), f"/staff/requests/{mine.number}"
    began = context.now()
    assert stayed(context) == {"C1", "C2"}
    assert stayed(context, began - timedelta(seconds=1)) == frozenset()
    assert PAUSED in desk.get(path).words
    assert "Paused on case C1, C2" in desk.get(path).words
    assert PAUSED in payor.get(f"/requests/{mine.number}").words
    assert PAUSED in payor.get("/requests").words
    assert "new enforcement waits" in payor.get("/cases").words
    clock.forward(seconds=60)
    ENDS[event](context, desk, payor, mine)
    assert stayed(context) == frozenset()
    assert stayed(context, context.now() - timedelta(seconds=1)) == {"C1", "C2"}
    names = events(context, mine)
    assert names.count("stay_began") == names.count("stay_ended") == 2
    assert names.index(event) < names.index("stay_ended")
    assert PAUSED not in desk.get(path).words
    assert PAUSED not in payor.get(f"/requests/{mine.number}").words
    assert "new enforcement waits" not in payor.get("/cases").words
    export(context, tmp_path / "out", after=0)
    lines = (tmp_path / "out/submissions.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    told = [(it["event"], it["case"]) for it in rows if it["event"].startswith("stay")]
    assert told == [("stay_began", "C1"), ("stay_began", "C2"),
                    ("stay_ended", "C1"), ("stay_ended", "C2")]  # fmt: skip


def test_a_second_review_keeps_the_cases_stayed_until_it_ends_too(
    desk: Page, other_page: Page, context: Context, parents: Parents, mine: Filed
) -> None:
    again = file_one(context, parents.payor)
    payor = signed_in(other_page, parents.payor)
    withdraw(context, desk, payor, mine)
    assert stayed(context) == {"C1", "C2"}
    withdraw(context, desk, payor, again)
    assert stayed(context) == frozenset()


def test_the_steps_between_leave_the_stay(desk: Page, context: Context, mine: Filed) -> None:
    desk.get(f"/staff/requests/{mine.number}/more-information")
    desk.submit("/more-information", words="Please send a pay stub.")
    assert "more_information_asked" in events(context, mine)
    assert stayed(context) == {"C1", "C2"}


STARTS = ("/cases", "/requests", "/requests/new", f"{REVIEW}/new", "/account")


@pytest.mark.parametrize("who", ["marked", "other"])
def test_nothing_of_it_reaches_the_other_parent(
    app: Flask, desk: Page, other_page: Page, context: Context, parents: Parents, who: str
) -> None:
    """PRV-1: before the review, while it stays, asked for more, decided: the same byte for byte."""
    account = {"marked": parents.marked, "other": parents.other}[who]
    theirs = signed_in(Page(app), account)
    before = walk(theirs, *STARTS)
    assert len(before) > 20
    review = file_one(context, parents.payor)
    assert stayed(context) == {"C1", "C2"}
    assert walk(theirs, *STARTS) == before
    desk.get("/staff/queue")
    desk.submit(f"/requests/{review.number}/take")
    desk.get(f"/staff/requests/{review.number}/more-information")
    desk.submit("/more-information", words="Please send a pay stub.")
    assert walk(theirs, *STARTS) == before
    decide(context, desk, other_page, review)
    assert "partly_granted" in events(context, review)
    run_once(context, context.now())
    assert walk(theirs, *STARTS) == before
    mails = [it.read_text("utf-8") for it in context.settings.instance.rglob("*.eml")]
    assert not [mail for mail in mails if account.email in mail]


MOMENTS = st.datetimes(datetime(2026, 10, 1), datetime(2027, 3, 1), timezones=st.just(UTC))
DAYS = st.dates(date(2026, 10, 1), date(2027, 3, 1))


@given(filed_at=MOMENTS, last_day=st.none() | DAYS, kind=st.none() | st.sampled_from(NoticeKind))
def test_a_stay_never_begins_late_or_without_a_notice(
    filed_at: datetime, last_day: date | None, kind: NoticeKind | None
) -> None:
    """In time means: on the last day at the latest, by the agency's own clock."""
    filed = FiledReview(filed_at, frozenset({"C1"}), kind, last_day)
    in_time = last_day is not None and filed_at.astimezone(AGENCY.timezone).date() <= last_day
    wanted = in_time and kind is NoticeKind.DELINQUENCY
    assert (stay_of(filed, AGENCY) is not None) is wanted


@given(filed_at=MOMENTS, last_day=DAYS, has_notice=st.booleans())
def test_what_is_filed_says_the_same(filed_at: datetime, last_day: date, has_notice: bool) -> None:
    """The review that a parent files, and what the export tells of it."""
    dated_on = last_day - timedelta(days=30) if has_notice else None
    review = Review(
        (DisputedCase("C1", "N1"),), (Ground.AMOUNT_WRONG,), "", (),
        dated_on, last_day if has_notice else None,
    )  # fmt: skip
    in_time = filed_at.astimezone(AGENCY.timezone).date() <= last_day
    assert review.stays(filed_at, AGENCY) is (has_notice and in_time)
    assert review.fields(filed_at, AGENCY)["in_time"] is (in_time if has_notice else None)


@pytest.mark.parametrize("days", range(-3, 5))
def test_late_ones_are_taken_and_stay_nothing(
    context: Context, parents: Parents, clock: Clock, days: int
) -> None:
    """At noon of each day about the last one."""
    clock.set(datetime(2026, 12, 10, 17, 0, tzinfo=UTC) + timedelta(days=days))
    review = file_one(context, parents.payor)
    assert stayed(context) == (frozenset() if days > 0 else {"C1", "C2"})
    with context.database.session() as session:
        assert session.get_one(Submission, review.id).state == "submitted"
        begun = session.query(SubmissionCase).filter(SubmissionCase.stay_began_at.is_not(None))
        assert begun.count() == (0 if days > 0 else 2)
