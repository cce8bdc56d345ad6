"""The life of a request: every state by every event, against the agency's rule."""

from itertools import product

import pytest

from portal.rules.transitions import (
    CAUSES,
    DECISION_EVENTS,
    Cause,
    Event,
    IllegalTransition,
    State,
    can_withdraw,
    decision_of,
    event_of_outcome,
    is_final,
    may_cause,
    next_state,
)
from portal.rules.vocabulary import Outcome, RequestKind

REVIEW, ADDRESS = RequestKind.ADMINISTRATIVE_REVIEW, RequestKind.CHANGE_OF_ADDRESS
FINAL = {State.APPLIED, State.WITHDRAWN, State.REFUSED}


def test_a_review_from_submission_to_decision() -> None:
    state, path = State.SUBMITTED, [State.SUBMITTED]
    for event in (
        Event.RECEIVED,
        Event.MORE_INFORMATION_ASKED,
        Event.INFORMATION_GIVEN,
        Event.GRANTED,
        Event.APPLIED,
    ):
        state = next_state(
            REVIEW, state, event, decision=Outcome.GRANTED if state is State.DECIDED else None
        )
        path.append(state)
    assert [s.value for s in path] == [
        "submitted", "received", "more_information_asked", "under_review", "decided", "applied",
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "state", "outcome"), list(product(RequestKind, State, Outcome)))
def test_outcomes_are_refused_only_as_the_extract_says(
    kind: RequestKind, state: State, outcome: Outcome
) -> None:
    """Anything after withdrawn, refused or applied; a decision on what is not a review."""
    event = event_of_outcome(outcome)
    if state in FINAL or (kind is not REVIEW and event in DECISION_EVENTS):
        with pytest.raises(IllegalTransition):
            next_state(kind, state, event)
    else:
        assert next_state(kind, state, event) in State


@pytest.mark.parametrize("event", Event)
def test_nothing_follows_a_denial(event: Event) -> None:
    assert is_final(State.DECIDED, Outcome.DENIED)
    with pytest.raises(IllegalTransition):
        next_state(REVIEW, State.DECIDED, event, decision=Outcome.DENIED)


def test_granted_can_be_applied_and_then_nothing_follows() -> None:
    assert not is_final(State.DECIDED, Outcome.GRANTED)
    assert (
        next_state(REVIEW, State.DECIDED, Event.APPLIED, decision=Outcome.PARTLY_GRANTED)
        is State.APPLIED
    )
    assert is_final(State.APPLIED)


@pytest.mark.parametrize("kind", [it for it in RequestKind if it is not REVIEW])
def test_what_is_no_review_is_answered_and_never_decided(kind: RequestKind) -> None:
    """A question too: its answer is *applied*, and nothing follows."""
    for state in (State.SUBMITTED, State.UNDER_REVIEW, State.MORE_INFORMATION_ASKED):
        assert next_state(kind, state, Event.APPLIED) is State.APPLIED
        for event in DECISION_EVENTS:
            with pytest.raises(IllegalTransition):
                next_state(kind, state, event)


def test_a_second_received_changes_nothing() -> None:
    for state in (State.RECEIVED, State.UNDER_REVIEW, State.MORE_INFORMATION_ASKED, State.DECIDED):
        assert next_state(REVIEW, state, Event.RECEIVED) is state


def test_parents_withdraw_until_it_is_decided() -> None:
    open_states = {
        State.SUBMITTED,
        State.RECEIVED,
        State.MORE_INFORMATION_ASKED,
        State.UNDER_REVIEW,
    }
    assert {state for state in State if can_withdraw(state)} == open_states


def test_who_may_cause_what() -> None:
    assert set(CAUSES) == set(Event)
    assert {event for event in Event if may_cause(Cause.PARENT, event)} == {
        Event.WITHDRAWN,
        Event.INFORMATION_GIVEN,
    }
    assert {event for event in Event if may_cause(Cause.EXTRACT, event)} == {Event.APPLIED}


def test_only_decisions_are_decisions() -> None:
    assert decision_of(Event.PARTLY_GRANTED) is Outcome.PARTLY_GRANTED
    assert decision_of(Event.REFUSED) is None


def test_the_error_tells_kind_state_and_event() -> None:
    with pytest.raises(
        IllegalTransition, match="withdrawn is not possible for a change_of_address that is applied"
    ):
        next_state(ADDRESS, State.APPLIED, Event.WITHDRAWN)
