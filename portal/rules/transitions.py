"""The life of a request as a table: states, events, who may cause which, and what follows.

The table can be read aloud: "a request that is *under review*, on *granted* by the agency,
becomes *decided*". Anything not in it is refused with `IllegalTransition`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from portal.rules.vocabulary import DECISIONS, Outcome, RequestKind


class State(StrEnum):
    """Where a request stands."""

    SUBMITTED = "submitted"
    RECEIVED = "received"
    MORE_INFORMATION_ASKED = "more_information_asked"
    UNDER_REVIEW = "under_review"
    DECIDED = "decided"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class Event(StrEnum):
    """What can happen to a request after it was submitted."""

    RECEIVED = "received"
    MORE_INFORMATION_ASKED = "more_information_asked"
    INFORMATION_GIVEN = "information_given"
    TAKEN = "taken"
    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    DENIED = "denied"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class Cause(StrEnum):
    """Who causes an event: the parent who sent it, the agency, or an extract that shows it."""

    PARENT = "parent"
    AGENCY = "agency"
    EXTRACT = "extract"


CAUSES: Mapping[Event, frozenset[Cause]] = MappingProxyType(
    {
        Event.RECEIVED: frozenset({Cause.AGENCY}),
        Event.MORE_INFORMATION_ASKED: frozenset({Cause.AGENCY}),
        Event.INFORMATION_GIVEN: frozenset({Cause.PARENT}),
        Event.TAKEN: frozenset({Cause.AGENCY}),
        Event.GRANTED: frozenset({Cause.AGENCY}),
        Event.PARTLY_GRANTED: frozenset({Cause.AGENCY}),
        Event.DENIED: frozenset({Cause.AGENCY}),
        Event.APPLIED: frozenset({Cause.AGENCY, Cause.EXTRACT}),
        Event.WITHDRAWN: frozenset({Cause.PARENT}),
        Event.REFUSED: frozenset({Cause.AGENCY}),
    }
)
"""An outcome of `outcomes.csv` counts as the agency's doing."""

DECISION_EVENTS = frozenset({Event.GRANTED, Event.PARTLY_GRANTED, Event.DENIED})
DECIDED_KINDS = frozenset({RequestKind.ADMINISTRATIVE_REVIEW})
"""Kinds that end in a decision; the others are applied or refused."""

_UNDECIDED: Mapping[Event, State] = {
    Event.MORE_INFORMATION_ASKED: State.MORE_INFORMATION_ASKED,
    Event.TAKEN: State.UNDER_REVIEW,
    Event.GRANTED: State.DECIDED,
    Event.PARTLY_GRANTED: State.DECIDED,
    Event.DENIED: State.DECIDED,
    Event.APPLIED: State.APPLIED,
    Event.WITHDRAWN: State.WITHDRAWN,
    Event.REFUSED: State.REFUSED,
}
_GRANTED: Mapping[Event, State] = {
    Event.RECEIVED: State.DECIDED,
    Event.GRANTED: State.DECIDED,
    Event.PARTLY_GRANTED: State.DECIDED,
    Event.DENIED: State.DECIDED,
    Event.APPLIED: State.APPLIED,
    Event.REFUSED: State.REFUSED,
}

TRANSITIONS: Mapping[State, Mapping[Event, State]] = MappingProxyType(
    {
        State.SUBMITTED: {**_UNDECIDED, Event.RECEIVED: State.RECEIVED},
        State.RECEIVED: {**_UNDECIDED, Event.RECEIVED: State.RECEIVED},
        State.MORE_INFORMATION_ASKED: {
            **_UNDECIDED,
            Event.RECEIVED: State.MORE_INFORMATION_ASKED,
            Event.INFORMATION_GIVEN: State.UNDER_REVIEW,
        },
        State.UNDER_REVIEW: {**_UNDECIDED, Event.RECEIVED: State.UNDER_REVIEW},
        State.DECIDED: _GRANTED,  # after *denied* nothing follows: see `next_state`
        State.APPLIED: {},
        State.WITHDRAWN: {},
        State.REFUSED: {},
    }
)
"""From state by event to state. Outcomes can skip steps: some agencies tell the last word only."""

_OUTCOME_EVENTS: Mapping[Outcome, Event] = MappingProxyType(
    {outcome: Event(outcome.value) for outcome in Outcome}
)


class IllegalTransition(ValueError):
    """An event that the table forbids at this point of a request's life."""

    def __init__(self, kind: RequestKind, state: State, event: Event) -> None:
        super().__init__(f"{event.value} is not possible for a {kind.value} that is {state.value}")
        self.kind, self.state, self.event = kind, state, event


def next_state(
    kind: RequestKind, state: State, event: Event, *, decision: Outcome | None = None
) -> State:
    """The state that follows. `decision` is the last one made, where the state is *decided*.

    Raises `IllegalTransition` for what the table lacks, a decision on a kind that is not decided,
    and anything after a denial.
    """
    if event in DECISION_EVENTS and kind not in DECIDED_KINDS:
        raise IllegalTransition(kind, state, event)
    if is_final(state, decision) or event not in TRANSITIONS[state]:
        raise IllegalTransition(kind, state, event)
    return TRANSITIONS[state][event]


def is_final(state: State, decision: Outcome | None = None) -> bool:
    """Whether nothing can follow: withdrawn, refused, applied, or decided by a denial."""
    return not TRANSITIONS[state] or (state is State.DECIDED and decision is Outcome.DENIED)


def may_cause(cause: Cause, event: Event) -> bool:
    """Whether such an actor may cause the event."""
    return cause in CAUSES[event]


def event_of_outcome(outcome: Outcome) -> Event:
    """The event that an outcome of an extract is."""
    return _OUTCOME_EVENTS[outcome]


def decision_of(event: Event) -> Outcome | None:
    """The decision that an event is, if it is one; keep the last as `decision`."""
    outcome = Outcome(event.value) if event in DECISION_EVENTS else None
    return outcome if outcome in DECISIONS else None


def can_withdraw(state: State) -> bool:
    """Whether the parent can still take the request back."""
    return Event.WITHDRAWN in TRANSITIONS[state]
