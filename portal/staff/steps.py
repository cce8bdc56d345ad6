"""What a worker may do with a request: the owner alone, and only what its life allows (ACL-5)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.requests.models import Submission
from portal.rules.transitions import (
    DECIDED_KINDS,
    DECISION_EVENTS,
    Event,
    IllegalTransition,
    State,
    can_withdraw,
    next_state,
)
from portal.rules.vocabulary import Outcome, RequestKind
from portal.staff.hold import hold

STEPS = frozenset(
    {Event.RECEIVED, Event.MORE_INFORMATION_ASKED, Event.REFUSED, Event.APPLIED} | DECISION_EVENTS
)
"""The steps of the request's own pages; *taken* is a step of the queue."""


class NotOwner(PermissionError):
    """Somebody else has the request, or nobody: it has to be taken first (N4)."""


def may_follow(submission: Submission, event: Event) -> bool:
    """Whether the staff may let the event happen now, on a page of the request.

    Narrower than the table of transitions, which takes an extract's word for steps it never saw:
    here what is decided is decided once, a review is decided and never refused, a review is
    carried out only after it was granted, and a question is answered and never refused.
    """
    kind, state = RequestKind(submission.kind), State(submission.state)
    decision = Outcome(submission.decision) if submission.decision else None
    try:
        next_state(kind, state, event, decision=decision)
    except IllegalTransition:
        return False
    if event is Event.RECEIVED:
        return state is State.SUBMITTED
    if kind is RequestKind.QUESTION and event is Event.REFUSED:
        return False
    if kind in DECIDED_KINDS:
        if event is Event.APPLIED:
            return state is State.DECIDED
        return event is not Event.REFUSED and can_withdraw(state)
    return can_withdraw(state)


def waits_for_us(submission: Submission) -> bool:
    """Whether there is something left for the staff to do: to answer it, or, where it is a review
    that was granted, to enter it in the agency's own system. It needs an owner as long (N4)."""
    return can_withdraw(State(submission.state)) or may_follow(submission, Event.APPLIED)


def check_step(submission: Submission, event: Event) -> None:
    """Raise `IllegalTransition` where the staff may not let the event happen now."""
    if not may_follow(submission, event):
        raise IllegalTransition(RequestKind(submission.kind), State(submission.state), event)


def steps_now(submission: Submission) -> frozenset[Event]:
    """The steps that are open on the request's pages."""
    return frozenset(event for event in STEPS if may_follow(submission, event))


def begin_step(
    session: Session, worker: Account, number: str, version: int | None, event: Event
) -> Submission:
    """The request, held for a step that its owner may take now.

    Raises what `hold` raises, `NotOwner`, and `IllegalTransition`.
    """
    submission = hold(session, worker, number, version)
    check_step(submission, event)
    if submission.owner_id != worker.id:
        raise NotOwner(number)
    return submission
