"""What a load changes on our side: marks, outcomes, requests that count as applied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.accounts.safety_marks import SafetyMark
from portal.context import Context
from portal.feeds import hand_over as hand_over_module
from portal.feeds.load import Loaded, load
from portal.requests.models import Submission, SubmissionEvent
from tests.feeds.helpers import findings
from tests.requests.parents import begin_review, load_parents, send_address, send_review, signed_in
from tests.support.extract import ExtractBuilder, one_family
from tests.support.page import Page

NEXT_DAY = date(2026, 11, 23)


@pytest.fixture
def extracts(tmp_path: Path) -> Callable[..., Path]:
    def write(builder: ExtractBuilder, sequence: int, as_of: date | None = None) -> Path:
        if as_of is None:
            return builder.write(tmp_path / str(sequence), sequence=sequence)
        made = datetime.combine(as_of, time(23, 30), tzinfo=UTC)
        return builder.write(
            tmp_path / str(sequence), sequence=sequence, as_of=as_of, created_at=made
        )

    return write


def marks(context: Context) -> dict[str, bool]:
    with context.database.transaction(write=False) as session:
        return {row.participant_id: row.marked for row in session.scalars(select(SafetyMark))}


def test_prv_2_a_mark_is_set_where_the_value_turns_and_never_again_after_a_lift(
    either: Context, extracts: Callable[..., Path]
) -> None:
    builder = one_family().builder
    load(either, extracts(builder, 1))
    assert marks(either) == {}
    builder.find("participants.csv", participant_id="A")["family_violence"] = "1"
    builder.find("participants.csv", participant_id="K")["family_violence"] = ""
    load(either, extracts(builder, 2))
    assert marks(either) == {"A": True, "K": True}
    with either.database.transaction() as session:
        lifted = session.get_one(SafetyMark, "A")
        lifted.marked, lifted.set_by = False, "staff"
    load(either, extracts(builder, 3))
    assert marks(either) == {"A": False, "K": True}
    builder.find("participants.csv", participant_id="A")["family_violence"] = "0"
    builder.find("participants.csv", participant_id="K")["family_violence"] = "0"
    load(either, extracts(builder, 4))
    assert marks(either) == {"A": False, "K": True}, "a feed never lifts a mark"
    builder.find("participants.csv", participant_id="A")["family_violence"] = "1"
    load(either, extracts(builder, 5))
    assert marks(either) == {"A": True, "K": True}


def test_very_many_marks_do_not_wait_for_the_last_transaction(
    context: Context, extracts: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_over_module, "MOST_MARKS_AT_ONCE", 20)
    monkeypatch.setattr(hand_over_module, "_BATCH", 10)
    builder = ExtractBuilder()
    for number in range(95):
        builder.participant(f"P{number}", family_violence="1")
    load(context, extracts(builder, 1))
    assert len(marks(context)) == 95


def outcome_events(context: Context, number: str) -> list[str]:
    with context.database.transaction(write=False) as session:
        chosen = (
            select(SubmissionEvent.event)
            .join(Submission, Submission.id == SubmissionEvent.submission_id)
            .where(Submission.number == number)
            .order_by(SubmissionEvent.id)
        )
        return list(session.scalars(chosen))


def test_outcomes_become_events_once_and_stay(
    context: Context, page: Page, tmp_path: Path, extracts: Callable[..., Path]
) -> None:
    parents = load_parents(context, tmp_path)
    payor = signed_in(page, parents.payor)
    begin_review(payor)
    number = send_review(payor)
    builder = parents.family.builder
    builder.outcome(number, "received", "2026-11-22")
    builder.outcome(number, "denied", "2026-11-23", text="The amount is right.")
    builder.outcome("2222-2222", "granted", "2026-11-22")
    done = load(context, extracts(builder, 2, NEXT_DAY))
    events = outcome_events(context, number)
    assert [event for event in events if event in ("received", "denied")] == ["received", "denied"]
    assert warnings(done) == [("submission_id", "no submission has this number")]
    again = load(context, extracts(builder, 3, NEXT_DAY))
    assert outcome_events(context, number) == events, "an outcome is one event for ever"
    assert len(warnings(again)) == 1
    builder.rows["outcomes.csv"] = []
    builder.outcome(number, "granted", "2026-11-23")
    last = load(context, extracts(builder, 4, NEXT_DAY))
    assert outcome_events(context, number) == events
    assert [column for column, _ in warnings(last)] == ["outcome"], "the transitions forbid it"


def warnings(done: Loaded) -> list[tuple[str, str]]:
    return [
        (row["column"], row["reason"]) for row in findings(done) if row["file"] == "outcomes.csv"
    ]


def test_an_address_that_a_later_extract_carries_counts_as_applied(
    context: Context, page: Page, tmp_path: Path, extracts: Callable[..., Path]
) -> None:
    parents = load_parents(context, tmp_path)
    number = send_address(signed_in(page, parents.payor))
    builder = parents.family.builder
    builder.find("participants.csv", participant_id="P").update(
        mail_line1="12 ELM ST.", mail_city="boston", mail_postal_code="02108"
    )
    load(context, extracts(builder, 2))
    assert "applied" not in outcome_events(context, number), "the as_of is not later"
    load(context, extracts(builder, 3, NEXT_DAY))
    assert outcome_events(context, number)[-1] == "applied"
