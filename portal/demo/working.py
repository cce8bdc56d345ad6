"""What the demo's caseworkers did with what was sent in, by the services behind their pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.context import Context
from portal.requests.models import Submission
from portal.requests.withdraw import withdraw
from portal.staff.answer_question import answer_question
from portal.staff.ask_for_more import ask_for_more, usual_day
from portal.staff.decide import send_decision
from portal.staff.decision_draft import (
    LineOutcome,
    TypedDecision,
    TypedLine,
    disputed_lines,
    save_decision,
)
from portal.staff.escalate import escalate
from portal.staff.mark_request import mark_applied
from portal.staff.take import take

Step = Callable[[Session, Context, Account | None, str, datetime], None]
"""The worker is None where the parent did it."""


def take_it(
    session: Session, context: Context, worker: Account | None, number: str, now: datetime
) -> None:
    """Take it from the queue."""
    take(session, context, _by(worker), number, now)


def apply_it(
    session: Session, context: Context, worker: Account | None, number: str, now: datetime
) -> None:
    """Say that the agency's own system carries it."""
    version = _found(session, number).version
    mark_applied(session, context, _by(worker), number, version, now)


def withdraw_it(
    session: Session, context: Context, _worker: Account | None, number: str, now: datetime
) -> None:
    """The parent takes it back."""
    actor = session.get_one(Account, _found(session, number).account_id)
    withdraw(session, context.sealer, actor, number, now)


def ask(
    session: Session, context: Context, worker: Account | None, number: str, now: datetime
) -> None:
    """Ask the parent for more, by letter."""
    words = "Please send us a copy of the check or money order, front and back."
    until = usual_day(context.agency, now)
    version = _found(session, number).version
    ask_for_more(session, context, _by(worker), number, version, words, until, now)


def answer(
    session: Session, context: Context, worker: Account | None, number: str, now: datetime
) -> None:
    """Answer a question, by letter."""
    words = (
        "Support falls due on the days that your court order sets. Your pay day does not change it."
        "\n\nWhat your employer takes from your pay counts from the day we receive it."
    )
    version = _found(session, number).version
    answer_question(session, context, _by(worker), number, version, words, now)


def put_before_supervisors(
    session: Session, context: Context, worker: Account | None, number: str, now: datetime
) -> None:
    """Escalate it, with the reason as a note."""
    reason = "The bank does not answer us about this check. Who can ask it with more weight?"
    version = _found(session, number).version
    escalate(session, context, _by(worker), number, version, reason, now)


def grant_in_part(
    session: Session, context: Context, worker: Account | None, number: str, now: datetime
) -> None:
    """Decide: the last of the payments in part, the others not; the letter goes out."""
    lines = [
        TypedLine(LineOutcome.DENIED.value, "", "Our books have this payment since that day.")
        for _line in disputed_lines(context.sealer, _found(session, number))
    ]
    reason = "We found $45.00 of this check on another case, and put it on yours."
    lines[-1] = TypedLine(LineOutcome.PARTLY.value, "45.00", reason)
    _decide(session, context, _by(worker), number, TypedDecision(tuple(lines)), now)


def deny(
    session: Session, context: Context, worker: Account | None, number: str, now: datetime
) -> None:
    """Decide: all lines denied; the letter goes out."""
    reason = "What was paid on your case was sent on to you in full, each time within two days."
    lines = disputed_lines(context.sealer, _found(session, number))
    denied = tuple(TypedLine(LineOutcome.DENIED.value, "", reason) for _line in lines)
    _decide(session, context, _by(worker), number, TypedDecision(denied), now)


def _decide(
    session: Session,
    context: Context,
    worker: Account,
    number: str,
    typed: TypedDecision,
    now: datetime,
) -> None:
    draft = save_decision(session, context.sealer, worker, number, 0, typed, now)
    version = _found(session, number).version
    send_decision(session, context, worker, number, version, draft, now)


def _found(session: Session, number: str) -> Submission:
    return session.scalars(select(Submission).where(Submission.number == number)).one()


def _by(worker: Account | None) -> Account:
    if worker is None:
        raise ValueError("a step of the agency needs one of its people")
    return worker
