"""Figures for the supervisor: exact, by period, as table, drawing and CSV."""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.context import Context
from portal.requests.events import ActorKind, add_event
from portal.requests.models import Submission
from portal.rules.vocabulary import RequestKind
from portal.security.permissions import StaffRole
from portal.staff.figures import Figures, KindInPeriod, KindNow, median, read_figures
from portal.staff.figures_csv import figures_csv, in_words
from tests.requests.parents import Parents, signed_in
from tests.staff.desk import parents
from tests.staff.on_requests import caseworker
from tests.staff.queue_of import put, queries
from tests.support.page import Page, words
from tests.support.staff import make_staff

__all__ = ["parents"]
REVIEW, CHANGE = RequestKind.ADMINISTRATIVE_REVIEW, RequestKind.CHANGE_OF_ADDRESS
Answer = Callable[..., str]


@pytest.fixture
def answered(context: Context, parents: Parents) -> Answer:
    """A request that was answered so many days ago, so many days after it was sent."""

    def act(
        ago: int, took: int, event: str = "granted", kind: RequestKind = REVIEW,
        actor: ActorKind = ActorKind.AGENCY,
    ) -> str:  # fmt: skip
        now = context.now()
        then = now - timedelta(days=ago)
        is_decision = event in ("granted", "partly_granted", "denied")
        number = put(
            context, parents.payor.id, "P", kind=kind, submitted_at=then - timedelta(days=took),
            state="decided" if is_decision else event, decision=event if is_decision else None,
            decided_on=context.agency.local_date(then) if is_decision else None,
        )  # fmt: skip
        with context.database.transaction() as session:
            submission = session.query(Submission).filter_by(number=number).one()
            add_event(session, context.sealer, submission, event, actor, then)
        return number

    return act


@pytest.fixture
def boss(page: Page, parents: Parents, context: Context) -> Page:
    return signed_in(page, make_staff(context, StaffRole.SUPERVISOR, name="Lee Head"))


def figures(context: Context) -> Figures:
    with context.database.session() as session:
        return read_figures(session, context.agency, context.now())


def kind(found: Figures, days: int, wanted: RequestKind = REVIEW) -> KindInPeriod:
    return next(it for it in found.period(days) if it.kind is wanted)


@given(st.lists(st.integers(0, 5000), max_size=80))
def test_the_median_is_the_median(values: list[int]) -> None:
    expected = Decimal(str(statistics.median(values))) if values else None
    assert median(values) == expected


@given(st.integers(0, 400), st.integers(0, 400))
def test_shares_are_whole_percent(reversed_: int, others: int) -> None:
    decided = reversed_ + others
    found = KindInPeriod(REVIEW, 30, decided, None, decided, reversed_).reversed_percent
    if not decided:
        assert found is None
        return
    assert found is not None
    assert abs(found * decided - 100 * reversed_) * 2 <= decided


def test_open_and_late_by_kind(context: Context, parents: Parents) -> None:
    for days in (-2, -1, 0, 1, None):
        put(context, parents.payor.id, "P", days=days)
    put(context, parents.payor.id, "P", days=-4, kind=CHANGE, cases=())
    put(context, parents.payor.id, "P", days=-4, state="withdrawn")
    today = context.agency.local_date(context.now())
    for decision, ago in (("granted", 3), ("partly_granted", 12), ("denied", 40)):
        put(context, parents.payor.id, "P", state="decided", decision=decision,
            decided_on=today - timedelta(days=ago))  # fmt: skip
    put(context, parents.payor.id, "P", state="applied", decision="granted", decided_on=today)
    assert {it.kind: it for it in figures(context).now} == {
        CHANGE: KindNow(CHANGE, 1, 1, 0, None),
        REVIEW: KindNow(REVIEW, 5, 2, 2, 12),
        RequestKind.CLOSING_RESPONSE: KindNow(RequestKind.CLOSING_RESPONSE, 0, 0, 0, None),
        RequestKind.QUESTION: KindNow(RequestKind.QUESTION, 0, 0, 0, None),
    }


def test_periods_medians_and_reversals(context: Context, answered: Answer) -> None:
    for ago, took, event in ((0, 10, "granted"), (29, 21, "denied"), (30, 4, "denied"),
                             (89, 5, "partly_granted"), (90, 100, "denied"),
                             (364, 7, "denied"), (365, 1, "granted")):  # fmt: skip
        answered(ago, took, event)
    answered(3, 8, "applied", CHANGE)
    answered(4, 2, "refused", CHANGE)
    answered(5, 1, "withdrawn", CHANGE, ActorKind.PARENT)
    found = figures(context)
    month, quarter, year = (kind(found, it) for it in (30, 90, 365))
    assert (month.answered, month.median_days) == (2, Decimal("15.5"))
    assert (month.decided, month.reversed, month.reversed_percent) == (2, 1, 50)
    assert (quarter.answered, quarter.median_days, quarter.reversed_percent) == (
        4,
        Decimal("7.5"),
        50,
    )
    assert (year.answered, year.median_days, year.reversed_percent) == (6, Decimal("8.5"), 33)
    of_changes = kind(found, 30, CHANGE)
    assert (of_changes.answered, of_changes.median_days) == (2, Decimal(5))
    assert (of_changes.decided, of_changes.reversed_percent) == (0, None)


def test_a_request_counts_once_by_its_first_answer(context: Context, answered: Answer) -> None:
    """Granted, and then carried out: one answer."""
    number = answered(40, 12)
    with context.database.transaction() as session:
        submission = session.query(Submission).filter_by(number=number).one()
        submission.state = "applied"
        add_event(session, context.sealer, submission, "applied", ActorKind.EXTRACT, context.now())
    found = figures(context)
    assert kind(found, 30).answered == 0
    assert (kind(found, 90).answered, kind(found, 90).median_days) == (1, Decimal(12))


def test_months(context: Context, answered: Answer, parents: Parents) -> None:
    answered(0, 3)  # 22 November, sent on the 19th
    answered(25, 10)  # 28 October, sent on the 18th
    put(context, parents.payor.id, "P")  # 17 November
    months = figures(context).months
    assert [it.first for it in months] == [
        date(2025, 12, 1), *(date(2026, number, 1) for number in range(1, 12))
    ]  # fmt: skip
    assert [(it.came_in, it.answered, it.median_days) for it in months[-2:]] == [
        (1, 1, Decimal(10)), (2, 1, Decimal(3)),
    ]  # fmt: skip


def test_the_page_the_drawing_and_the_same_as_csv(
    boss: Page, answered: Answer, parents: Parents, context: Context
) -> None:
    answered(2, 11, "granted")
    answered(2, 14, "denied")
    answered(60, 40, "denied")
    put(context, parents.payor.id, "P", days=-2)
    seen = boss.get("/staff/figures")
    rows = [words(it) for it in seen.document.query("main tbody tr")]
    assert "Administrative review 1 1 1 2" in rows
    assert "Administrative review 2 12.5 2 1 50 %" in rows
    assert len(seen.document.query("svg .drawing-due")) == 12
    quarter = boss.get("/staff/figures?days=90")
    assert "Administrative review 3 14 3 1 33 %" in [
        words(it) for it in quarter.document.query("main tbody tr")
    ]
    answer = boss.get("/staff/figures.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(lines) == 1 + 3 * len(RequestKind)
    assert [
        "2026-11-22",
        "Administrative review",
        "1",
        "1",
        "1",
        "2",
        "30",
        "2",
        "12.5",
        "2",
        "1",
        "50",
    ] in lines


@pytest.mark.parametrize("days", ["0", "31", "-1", "x", "999999999999999999999"])
def test_a_spoilt_period_is_the_first_one(boss: Page, days: str) -> None:
    assert "Answered in the last 30 days" in boss.get(f"/staff/figures?days={days}").words


def test_with_nothing_there_is_nothing_to_draw(boss: Page) -> None:
    seen = boss.get("/staff/figures")
    assert "No request came in, and none was answered" in seen.words
    assert not seen.document.query("main svg")


@pytest.mark.parametrize("label", ["=1+1", "+x", "-x", "@SUM(A1)", "\t=x", " =x"])
def test_no_cell_is_a_formula(context: Context, app: Flask, parents: Parents, label: str) -> None:
    """INJ-3"""
    with app.test_request_context():
        text = figures_csv(figures(context), dict.fromkeys(RequestKind, label))
    for line in list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]:
        assert line[1] == f"'{label}"
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in line)


@pytest.mark.parametrize(("days", "said"), [(None, ""), ("12", "12"), ("12.5", "12.5"), ("0", "0")])
def test_days_in_words(days: str | None, said: str) -> None:
    assert in_words(None if days is None else Decimal(days)) == said


def test_as_many_questions_for_many_as_for_few(
    boss: Page, answered: Answer, context: Context
) -> None:
    answered(1, 1)
    few = queries(context, boss, "/staff/figures")
    for ago in range(40):
        answered(ago, 3)
    assert queries(context, boss, "/staff/figures") == few


def test_a_caseworker_finds_no_figures(page: Page, context: Context, parents: Parents) -> None:
    """ACL-3"""
    worker = signed_in(page, caseworker(context))
    assert worker.get("/staff/figures").status == 404
    assert worker.get("/staff/figures.csv").status == 404


@pytest.mark.postgresql
def test_the_same_on_postgresql(postgresql_context: Context) -> None:
    context = postgresql_context
    now = context.now()
    number = put(context, "nobody", "P", cases=(), state="decided", decision="granted",
                 submitted_at=now - timedelta(days=9), decided_on=context.agency.local_date(now))  # fmt: skip
    put(context, "nobody", "P", cases=(), days=-1)
    with context.database.transaction() as session:
        submission = session.query(Submission).filter_by(number=number).one()
        add_event(session, context.sealer, submission, "granted", ActorKind.AGENCY, now)
    found = figures(context)
    assert (kind(found, 30).median_days, kind(found, 30).reversed_percent) == (Decimal(9), 100)
    assert KindNow(REVIEW, 1, 1, 1, 0) in found.now
