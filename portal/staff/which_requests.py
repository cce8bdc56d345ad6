"""Which requests wait for the staff, and which of them a worker may work: conditions of queries."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, or_, select

from portal.accounts.models import Account
from portal.record.models import Member
from portal.requests.lifecycle import OPEN_STATES
from portal.requests.models import Submission, SubmissionCase
from portal.rules.transitions import State
from portal.rules.vocabulary import Outcome
from portal.staff.models import ProtectedLocationGrant, StaffParty

_GRANTED = (Outcome.GRANTED.value, Outcome.PARTLY_GRANTED.value)


def may_work(worker: Account) -> ColumnElement[bool]:
    """The requests whose parties the worker is not and is not close to, as a condition (ACL-4):
    what `portal.staff.parties.keep_parties_out` says of one request, for all at once."""
    return _nobody_close(
        select(StaffParty.participant_id).where(StaffParty.account_id == worker.id)
    )


def asker_may_work() -> ColumnElement[bool]:
    """The same of whoever asked for leave, with `ProtectedLocationGrant` in the query."""
    close = select(StaffParty.participant_id).where(
        StaffParty.account_id == ProtectedLocationGrant.account_id
    )
    return _nobody_close(close.correlate(ProtectedLocationGrant))


def _nobody_close(close: Select[str]) -> ColumnElement[bool]:
    their_cases = select(Member.case_id).where(Member.participant_id.in_(close))
    on_them = select(Member.participant_id).where(Member.case_id.in_(their_cases))
    about = select(SubmissionCase.case_id).where(SubmissionCase.submission_id == Submission.id)
    return and_(
        Submission.participant_id.not_in(close),
        ~about.where(SubmissionCase.case_id.in_(their_cases)).correlate(Submission).exists(),
        or_(
            about.correlate(Submission).exists(),
            Submission.participant_id.not_in(on_them),
        ),
    )


def is_open() -> ColumnElement[bool]:
    """The requests that wait for an answer, as a condition."""
    return Submission.state.in_(OPEN_STATES)


def is_to_enter() -> ColumnElement[bool]:
    """The reviews that were granted, whole or in part, and that the agency's own system does not
    carry yet, as a condition."""
    return and_(Submission.state == State.DECIDED.value, Submission.decision.in_(_GRANTED))
