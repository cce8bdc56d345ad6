"""Every step at every point of a request's life, through the staff's addresses (ACL-5)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.context import Context
from portal.requests.events import ActorKind, add_event
from portal.requests.models import Submission, SubmissionEvent
from portal.requests.outcomes import OutcomeRow, apply_outcomes
from portal.rules.transitions import State
from portal.rules.vocabulary import RequestKind
from tests.requests.asking import send_question
from tests.requests.parents import Parents, exported, send_address, signed_in
from tests.staff.desk import desk, filed, mine, parents, sam
from tests.staff.on_requests import Filed, answers, events, row_of, trail
from tests.support.accounts import TestAccount, mails
from tests.support.page import Page

__all__ = ["desk", "filed", "mine", "parents", "sam"]

OPEN = ("submitted", "received", "more_information_asked", "under_review")
POINTS = [(state.value, None) for state in State if state is not State.DECIDED] + [
    ("decided", "granted"),
    ("decided", "partly_granted"),
    ("decided", "denied"),
]
STEPS = ("receipt", "more-information", "refusal", "completion", "decision/sending", "answer")
REVIEW, CHANGE = RequestKind.ADMINISTRATIVE_REVIEW, RequestKind.CHANGE_OF_ADDRESS
QUESTION = RequestKind.QUESTION


def _is_legal(kind: RequestKind, step: str, state: str, decision: str | None) -> bool:
    """Read aloud: what the staff may do, and when."""
    if step == "receipt":
        return state == "submitted"
    if step == "more-information":
        return state in OPEN
    if step == "refusal":
        return kind is CHANGE and state in OPEN
    if step == "completion" and kind is REVIEW:
        return state == "decided" and decision != "denied"
    if step == "completion":
        return kind is CHANGE and state in OPEN
    if step == "answer":
        return kind is QUESTION and state in OPEN
    return kind is REVIEW and state in OPEN


def _at(context: Context, request: Filed, state: str, decision: str | None) -> str:
    """Put the request at a point of its life; its version."""
    with context.database.transaction() as session:
        submission = session.get_one(Submission, request.id)
        submission.state, submission.decision = state, decision
        submission.decided_on = context.agency.local_date(context.now()) if decision else None
        return str(submission.version)


def _sums(context: Context) -> tuple[int, ...]:
    """Rows of events and of the trail about requests."""
    with context.database.session() as session:
        about = select(func.count(AuditEvent.id)).where(AuditEvent.subject_kind == "request")
        return (
            session.scalar(select(func.count(SubmissionEvent.id))) or 0,
            session.scalar(about) or 0,
        )


@pytest.fixture
def change(other_page: Page, parents: Parents, context: Context, sam: TestAccount) -> Filed:
    """A change of address of the payor's, taken by the caseworker."""
    number = send_address(signed_in(other_page, parents.payor))
    with context.database.transaction() as session:
        submission = session.query(Submission).filter_by(number=number).one()
        submission.owner_id = sam.id
        return Filed(number, submission.id)


def _walk(desk: Page, context: Context, request: Filed, kind: RequestKind) -> set[str]:
    """Every illegal step; each is refused with 409 and leaves no trace. What was tried."""
    tried = set()
    fields = {"words": "x", "until": "12/01/2026", "reason": "x", "draft": "1"}
    for state, decision in POINTS:
        version = _at(context, request, state, decision)
        before = _sums(context)
        for step in STEPS:
            if _is_legal(kind, step, state, decision):
                continue
            path = f"/staff/requests/{request.number}/{step}"
            seen = desk.post(path, {**fields, "version": version})
            assert seen.status == 409, f"{step} at {state} {decision}: {seen.status} {seen.words}"
            tried.add(f"{step} at {state} {decision}")
        row = row_of(context, request)
        assert (row.state, row.decision, str(row.version)) == (state, decision, version)
        assert _sums(context) == before
    return tried


def test_every_illegal_step_of_a_review_is_refused(
    desk: Page, mine: Filed, context: Context
) -> None:
    """ACL-5"""
    _at(context, mine, "under_review", None)
    desk.get(f"/staff/requests/{mine.number}/decision")
    desk.submit("/decision", button="action=letter", **answers(4))  # a draft lies ready
    tried = _walk(desk, context, mine, REVIEW)
    assert len(tried) == 60 - (1 + 4 + 2 + 4)


def test_every_illegal_step_of_a_change_of_address_is_refused(
    desk: Page, change: Filed, context: Context
) -> None:
    """ACL-5; among them every try to decide it."""
    tried = _walk(desk, context, change, CHANGE)
    assert len(tried) == 60 - (1 + 4 + 4 + 4)


def test_every_illegal_step_of_a_question_is_refused(
    desk: Page, other_page: Page, parents: Parents, context: Context, sam: TestAccount
) -> None:
    """ACL-5; among them refusing it, deciding it, and marking it done without an answer."""
    number = send_question(signed_in(other_page, parents.payor))
    with context.database.transaction() as session:
        submission = session.query(Submission).filter_by(number=number).one()
        submission.owner_id = sam.id
        question = Filed(number, submission.id)
    tried = _walk(desk, context, question, QUESTION)
    assert len(tried) == 60 - (1 + 4 + 4)


@pytest.mark.parametrize("state", OPEN)
def test_a_change_of_address_is_refused_with_a_reason(
    desk: Page, change: Filed, context: Context, state: str
) -> None:
    _at(context, change, state, None)
    desk.get(f"/staff/requests/{change.number}/refusal")
    seen = desk.submit("/refusal", reason="There is no such street.")
    assert seen.path == f"/staff/requests/{change.number}"
    assert row_of(context, change).state == "refused"
    assert events(context, change)[-1] == "refused"
    assert len([it for it in mails(context) if "letter" in it[0]]) == 1
    assert len(trail(context, "request:refused")) == 1


def test_a_change_of_address_is_received_and_done(
    desk: Page, change: Filed, context: Context
) -> None:
    desk.get(f"/staff/requests/{change.number}")
    assert "Decide" not in desk.get(f"/staff/requests/{change.number}").links()
    seen = desk.submit("/receipt")
    assert "Received" in seen.words
    seen = desk.submit("/completion")
    assert "Done in our system" in seen.words
    assert events(context, change)[-2:] == ["received", "applied"]
    assert len(mails(context, "request_news")) == 1
    assert [name for name, _by in trail(context) if name.startswith("request:")][-2:] == [
        "request:received", "request:applied",
    ]  # fmt: skip


def test_a_granted_review_is_carried_out(desk: Page, mine: Filed, context: Context) -> None:
    _at(context, mine, "decided", "partly_granted")
    desk.get(f"/staff/requests/{mine.number}")
    desk.submit("/completion")
    assert row_of(context, mine).state == "applied"
    told = [it["event"] for it in exported(context) if it["submission"] == mine.number]
    assert told.count("applied") == 1


@pytest.mark.parametrize("event", ["refused", "applied"])
def test_the_agency_hears_of_what_was_done_here_and_its_outcome_is_no_second_event(
    desk: Page, change: Filed, context: Context, event: str
) -> None:
    """Its system took the address over; when it says the same in an outcome, nothing is added."""
    desk.get(f"/staff/requests/{change.number}")
    if event == "applied":
        desk.submit("/completion")
    else:
        desk.get(f"/staff/requests/{change.number}/refusal")
        desk.submit("/refusal", reason="There is no such street.")
    told = exported(context)
    assert (told[-1]["event"], told[-1]["kind"]) == (event, "change_of_address")
    assert told[-1]["submission"] == change.number
    reason = {"reason": "There is no such street."} if event == "refused" else {}
    assert told[-1]["fields"] == {"on": "2026-11-22"} | reason
    row = OutcomeRow(change.number, event, date(2026, 11, 23), None, None, 2)
    before = events(context, change)
    with context.database.transaction() as session:
        assert apply_outcomes(session, context.sealer, [row], context.now()) == []
    assert events(context, change) == before
    assert exported(context) == told


def test_a_later_change_that_is_done_ends_the_earlier(
    desk: Page, other_page: Page, change: Filed, context: Context
) -> None:
    later = send_address(other_page, line1="99 Oak Street")
    desk.get(f"/staff/requests/{later}")
    desk.submit("/take")
    desk.submit("/completion")
    assert events(context, change)[-1] == "replaced"
    assert row_of(context, change).state == State.APPLIED.value


@pytest.mark.parametrize("event", ["refused", "applied"])
def test_what_the_agency_told_us_is_not_told_back(
    change: Filed, context: Context, event: str
) -> None:
    told = exported(context)
    row = OutcomeRow(change.number, event, date(2026, 11, 22), None, "As asked.", 2)
    with context.database.transaction() as session:
        assert apply_outcomes(session, context.sealer, [row], context.now()) == []
    assert events(context, change)[-1] == event
    assert exported(context) == told


def test_a_stale_press_is_told_who_did_what(desk: Page, mine: Filed, context: Context) -> None:
    """CON-2"""
    _at(context, mine, "submitted", None)
    with context.database.transaction() as session:
        submission = session.get_one(Submission, mine.id)
        add_event(session, context.sealer, submission, "received", ActorKind.AGENCY, context.now())
        submission.version += 1
    seen = desk.post(f"/staff/requests/{mine.number}/receipt", {"version": "1"})
    assert seen.status == 409
    assert "Somebody took a step" in seen.words
    for version in ("", "x", "-1", "99", "1.0"):
        seen = desk.post(f"/staff/requests/{mine.number}/receipt", {"version": version})
        assert seen.status == 409, version


@pytest.mark.parametrize(
    ("step", "words"), [("completion", "The case stays open"), ("refusal", "The case still closes")]
)
def test_an_answer_to_a_closing_notice_keeps_the_case_open_or_not(
    desk: Page, mine: Filed, context: Context, step: str, words: str
) -> None:
    """45 CFR 303.11(c): read, and answered; nothing to decide line by line."""
    with context.database.transaction() as session:
        session.get_one(Submission, mine.id).kind = RequestKind.CLOSING_RESPONSE.value
    seen = desk.get(f"/staff/requests/{mine.number}")
    assert "Closing notice dated November 10, 2026" in seen.words
    assert "Months in dispute" not in seen.words
    assert "Decide" not in seen.links()
    assert desk.get(f"/staff/requests/{mine.number}/decision").path.endswith(mine.number)
    if step == "refusal":
        desk.get(f"/staff/requests/{mine.number}/refusal")
        seen = desk.submit("/refusal", reason="We did not hear where the child lives.")
    else:
        seen = desk.submit("/completion")
    assert words in seen.words
    assert row_of(context, mine).state == {"completion": "applied", "refusal": "refused"}[step]
