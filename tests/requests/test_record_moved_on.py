"""A review begun under one record and sent under a later one: the record's present word counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from portal.context import Context
from portal.feeds.load import load
from portal.requests.models import Submission
from tests.requests.parents import REVIEW, Parents, begin_review, send_review, signed_in, to_check
from tests.support.clock import Clock
from tests.support.extract_builder import ExtractBuilder
from tests.support.page import Page

Reload = Callable[[], None]


@pytest.fixture
def next_extract(context: Context, parents: Parents, tmp_path: Path) -> Reload:
    """Load what the builder of the parents holds by now."""
    sequence = 1

    def load_next() -> None:
        nonlocal sequence
        sequence += 1
        load(context, parents.family.builder.write(tmp_path / str(sequence), sequence=sequence))

    return load_next


def _print_last_day(builder: ExtractBuilder, parents: Parents, day: str) -> None:
    for notice in (parents.family.notice_1, parents.family.notice_2):
        builder.find("notices.csv", notice_id=notice)["respond_by"] = day


def _sent(context: Context) -> tuple[date | None, set[str], set[str]]:
    """The last day, the cases, and those on which enforcement rests."""
    with context.database.session() as session:
        row = session.query(Submission).one()
        stayed = {case.case_id for case in row.cases if case.stay_began_at}
        return row.notice_respond_by, {case.case_id for case in row.cases}, stayed


def _later(page: Page, parents: Parents, clock: Clock, day: int) -> None:
    clock.set(datetime(2026, 12, day, 15, tzinfo=UTC))
    signed_in(page, parents.payor)


def test_a_last_day_moved_out_since_the_draft_was_begun_counts(
    payor: Page, parents: Parents, context: Context, clock: Clock, next_extract: Reload
) -> None:
    begin_review(payor)
    _print_last_day(parents.family.builder, parents, "2026-12-31")
    next_extract()
    _later(payor, parents, clock, 20)
    seen = to_check(payor)
    assert "You are in time" in seen.words
    assert "December 31, 2026" in seen.words
    send_review(payor)
    assert _sent(context) == (date(2026, 12, 31), {"C1", "C2"}, {"C1", "C2"})


def test_who_was_in_time_by_the_day_they_were_shown_is_never_late(
    payor: Page, parents: Parents, context: Context, clock: Clock, next_extract: Reload
) -> None:
    _print_last_day(parents.family.builder, parents, "2026-12-31")
    next_extract()
    begin_review(payor)
    _print_last_day(parents.family.builder, parents, "2026-12-10")
    next_extract()
    _later(payor, parents, clock, 20)
    assert "You are in time" in to_check(payor).words
    send_review(payor)
    assert _sent(context) == (date(2026, 12, 31), {"C1", "C2"}, {"C1", "C2"})


@pytest.mark.parametrize("about", [0, 1], ids=["a letter", "all my cases"])
@pytest.mark.parametrize("how", ["ended", "gone"])
def test_a_case_that_was_left_since_is_not_named(
    payor: Page, parents: Parents, context: Context, next_extract: Reload, about: int, how: str
) -> None:
    begin_review(payor, about)
    builder = parents.family.builder
    member = builder.find("members.csv", case_id="C2", participant_id="P")
    if how == "ended":
        member["until"] = "2026-11-20"
    else:
        builder.rows["members.csv"].remove(member)
    next_extract()
    assert "C2" not in to_check(payor).words
    send_review(payor)
    _last, cases, stayed = _sent(context)
    assert cases == {"C1"}
    assert stayed == ({"C1"} if about == 0 else set())


def test_a_case_that_was_over_when_it_was_chosen_may_be_asked_about(
    payor: Page, parents: Parents, context: Context, next_extract: Reload
) -> None:
    member = parents.family.builder.find("members.csv", case_id="C2", participant_id="P")
    member["until"] = "2026-11-20"
    next_extract()
    begin_review(payor, 1)
    send_review(payor)
    assert _sent(context)[1] == {"C1", "C2"}


def test_with_every_case_left_the_first_step_asks_again(
    payor: Page, parents: Parents, context: Context, next_extract: Reload
) -> None:
    begin_review(payor)
    to_check(payor)
    rows = parents.family.builder.rows["members.csv"]
    rows[:] = [row for row in rows if row["participant_id"] != "P"]
    next_extract()
    seen = payor.submit("/check")
    assert seen.path == f"{REVIEW}/new"
    assert "You have no case here" in seen.words
    with context.database.session() as session:
        assert session.query(Submission).count() == 0


def test_a_letter_that_is_gone_keeps_what_was_begun(
    payor: Page, parents: Parents, context: Context, next_extract: Reload
) -> None:
    begin_review(payor)
    parents.family.builder.rows["notices.csv"] = []
    next_extract()
    send_review(payor)
    assert _sent(context) == (date(2026, 12, 10), {"C1", "C2"}, {"C1", "C2"})


def test_the_letter_stays_chosen_when_its_last_day_moves(
    payor: Page, parents: Parents, next_extract: Reload
) -> None:
    begin_review(payor)
    _print_last_day(parents.family.builder, parents, "2026-12-31")
    next_extract()
    seen = payor.get(f"{REVIEW}/new")
    assert len(seen.document.query("input[name=about][checked]")) == 1
