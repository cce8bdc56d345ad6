"""The life of a request: any run of events ends where the table says; events never change."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal.context import Context
from portal.requests.events import add_event, detail_of, events_of
from portal.requests.lifecycle import IllegalTransition, begin_stays, move
from portal.requests.models import Submission, SubmissionCase, SubmissionEvent
from portal.requests.outcomes import OutcomeRow, apply_outcomes
from portal.requests.sealed import DETAIL, seal_json
from portal.rules.ids import request_number
from portal.rules.transitions import TRANSITIONS, Cause, Event, State, is_final, next_state
from portal.rules.vocabulary import Outcome, RequestKind

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


def make_request(kind: RequestKind = RequestKind.ADMINISTRATIVE_REVIEW) -> Submission:
    source = random.SystemRandom()
    number = request_number(source)
    return Submission(
        id=number.lower().replace("-", "x"), number=number, kind=kind.value, account_id="a",
        participant_id="P", state="submitted", submitted_at=NOW, due_on=None, owner=None,
        decision=None, decided_on=None, idempotency_key=number, fields=b"", notice_dated_on=None,
        notice_respond_by=None, hold_until=None,
        cases=[SubmissionCase(case_id="C1", position=0, notice_id=None, notice_amount=None,
                              stay_began_at=None, stay_ended_at=None)],
    )  # fmt: skip


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(list(RequestKind)),
    st.lists(st.tuples(st.sampled_from(list(Event)), st.sampled_from(list(Cause))), max_size=8),
)
def test_any_run_of_events_follows_the_table(
    context: Context, kind: RequestKind, run: list[tuple[Event, Cause]]
) -> None:
    """ACL-5: an event that the table forbids changes nothing; a stay ends exactly once."""
    with context.database.transaction() as session:
        submission = make_request(kind)
        session.add(submission)
        session.flush()
        begin_stays(session, context.sealer, submission, NOW)
        state, decision, happened = State.SUBMITTED, None, 0
        for event, cause in run:
            try:
                move(session, context.sealer, submission, event, cause, NOW, on=date(2026, 11, 22))
            except IllegalTransition:
                assert submission.state == state
                continue
            state = next_state(kind, state, event, decision=decision)
            decision = Outcome(submission.decision) if submission.decision else None
            happened += 1
            assert submission.state == state
        names = [row.event for row in events_of(session, submission.id)]
        ended = [name for name in names if name == "stay_ended"]
        over = state in (State.DECIDED, State.APPLIED, State.WITHDRAWN, State.REFUSED)
        assert len(ended) == int(over)
        assert len(names) == 1 + happened + len(ended)


@pytest.mark.parametrize("state", [s for s in State if is_final(s)])
def test_nothing_follows_the_end(context: Context, state: State) -> None:
    """ACL-5"""
    with context.database.transaction() as session:
        submission = make_request()
        submission.state = state.value
        session.add(submission)
        session.flush()
        for event in Event:
            for cause in Cause:
                with pytest.raises(IllegalTransition):
                    move(session, context.sealer, submission, event, cause, NOW)
        assert TRANSITIONS[state] == {}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE submission_events SET event = 'withdrawn'",
        "UPDATE submission_events SET at = '2020-01-01'",
        "UPDATE submission_events SET submission_id = 'x'",
        "DELETE FROM submission_events",
        """INSERT OR REPLACE INTO submission_events
           (id, uid, submission_id, event, at, actor_kind, detail)
           SELECT id, uid, submission_id, 'denied', at, actor_kind, detail
           FROM submission_events""",
    ],
)
def test_events_are_never_changed(context: Context, statement: str) -> None:
    """AUD-2: the database itself refuses it."""
    with context.database.transaction() as session:
        submission = make_request()
        session.add(submission)
        session.flush()
        move(session, context.sealer, submission, Event.RECEIVED, Cause.AGENCY, NOW)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        context.database.transaction() as session,
    ):
        session.execute(text(statement))


def test_an_events_words_may_be_sealed_again(context: Context) -> None:
    """KEY-3: a newer key, the same words."""
    detail = {"text": "We have it."}
    with context.database.transaction() as session:
        submission = make_request()
        session.add(submission)
        session.flush()
        move(session, context.sealer, submission, Event.RECEIVED, Cause.AGENCY, NOW, detail=detail)
        row = session.query(SubmissionEvent).one()
        before = row.detail
        row.detail = seal_json(context.sealer, detail_of(context.sealer, row), DETAIL, row.uid)
    with context.database.session() as session:
        row = session.query(SubmissionEvent).one()
        assert row.detail != before, "what was sealed anew was kept"
        assert detail_of(context.sealer, row) == detail
        assert (row.event, row.at) == ("received", NOW)


def outcome(
    submission: Submission, what: str, line: int = 2, on: int = 22, **values: str
) -> OutcomeRow:
    return OutcomeRow(submission.number, what, date(2026, 11, on), None, values.get("text"), line)


def test_outcomes_become_events_once(context: Context) -> None:
    with context.database.transaction() as session:
        review = make_request()
        session.add(review)
        session.flush()
        begin_stays(session, context.sealer, review, NOW)
        rows = [outcome(review, "granted", 3, text="You are right."), outcome(review, "received")]
        assert apply_outcomes(session, context.sealer, rows, NOW) == []
        assert apply_outcomes(session, context.sealer, rows, NOW) == []
        assert review.state == "decided"
        assert review.decided_on == date(2026, 11, 22)
        names = [row.event for row in events_of(session, review.id)]
        assert names == ["stay_began", "received", "granted", "stay_ended"]


def test_outcomes_that_cannot_be_are_warnings(context: Context) -> None:
    """Of an unknown submission, after the end, or a decision on what is not a review."""
    with context.database.transaction() as session:
        review, change = make_request(), make_request(RequestKind.CHANGE_OF_ADDRESS)
        gone = make_request()
        gone.state = "withdrawn"
        session.add_all([review, change, gone])
        session.flush()
        rows = [
            outcome(change, "granted", 2),
            outcome(gone, "applied", 3),
            outcome(review, "denied", 4, on=20),
            outcome(review, "applied", 5, on=21),
            OutcomeRow("2222-2222", "received", date(2026, 11, 22), None, None, 6),
            outcome(change, "applied", 7),
            outcome(change, "refused", 8, on=23),
        ]
        warnings = apply_outcomes(session, context.sealer, rows, NOW)
        assert [warning.line for warning in warnings] == [2, 3, 5, 6, 8]
        assert (review.state, change.state, gone.state) == ("decided", "applied", "withdrawn")


def test_details_lie_sealed_and_bound_to_their_row(context: Context) -> None:
    """KEY-2: the words of one event do not open as another's."""
    from portal.requests.events import ActorKind
    from portal.security.sealing import SealBroken

    with context.database.transaction() as session:
        submission = make_request()
        session.add(submission)
        session.flush()
        one, two = (
            add_event(
                session, context.sealer, submission, "received", ActorKind.AGENCY, NOW, text=words
            )
            for words in ("CANARY one", "CANARY two")
        )
        assert b"CANARY" not in one.detail
        one.detail, two.detail = two.detail, one.detail
        with pytest.raises(SealBroken):
            detail_of(context.sealer, one)
