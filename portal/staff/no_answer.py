"""Who was asked for more and did not answer by the day: the worker tells the owner, once, by mail.

The mail tells no case: a number. What follows is the owner's to choose: decide, or ask again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.addresses import address
from portal.accounts.models import Account
from portal.context import Context
from portal.notices.jobs import register
from portal.notices.registry import NoLongerDue, template
from portal.requests.models import Submission
from portal.rules.transitions import State
from portal.staff.parties import PartyToCase, keep_parties_out
from portal.staff.tell_supervisors import tell
from portal.staff.who_works import is_free

MAIL = "staff_no_answer"
LOOKED_BACK = timedelta(days=30)
"""How old a day may be that is still told of; older ones stand in the queue all the same."""


def has_passed(state: str, asked_until: date | None, today: date) -> bool:
    """Whether a parent was asked for more and the last day for it is over (agency-local)."""
    waits = state == State.MORE_INFORMATION_ASKED.value
    return waits and asked_until is not None and asked_until < today


def tell_owners(context: Context, now: datetime) -> int:
    """Queue a mail for each day that passed, once the agency's day began; returns how many.

    May be killed and run again at any point: each mail is a transaction of its own, done once.
    """
    if now.astimezone(context.agency.timezone).hour < context.agency.staff.opens_at:
        return 0
    today = context.agency.local_date(now)
    chosen = select(Submission.id).where(
        Submission.state == State.MORE_INFORMATION_ASKED.value,
        Submission.owner_id.is_not(None),
        Submission.asked_until < today,
        Submission.asked_until >= today - LOOKED_BACK,
    )
    with context.database.transaction(write=False) as session:
        ids = list(session.scalars(chosen.order_by(Submission.asked_until, Submission.id)))
    return sum(_tell(context, it, today, now) for it in ids)


def _tell(context: Context, submission_id: str, today: date, now: datetime) -> int:
    with context.database.transaction() as session:
        submission = session.get_one(Submission, submission_id)
        owner = _owner(session, submission, today)
        if owner is None or submission.asked_until is None:
            return 0
        ids = {"request": submission_id, "owner": owner.id}
        once = f"staff-no-answer:{submission_id}:{submission.asked_until.isoformat()}"
        tell(session, context, owner, MAIL, ids, once, now)
    return 1


def _owner(session: Session, submission: Submission | None, today: date) -> Account | None:
    """Who has it and may go on with it, while the day that was given is over."""
    if submission is None or is_free(session, submission):
        return None
    if not has_passed(submission.state, submission.asked_until, today):
        return None
    owner = session.get(Account, submission.owner_id)
    try:
        if owner is not None:
            keep_parties_out(session, owner, submission)
    except PartyToCase:
        return None
    return owner


@template(MAIL)
def _no_answer(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    submission = session.get(Submission, ids["request"])
    owner = _owner(session, submission, context.agency.local_date(context.now()))
    if submission is None or owner is None or owner.id != ids["owner"]:
        raise NoLongerDue("It was answered, or somebody else has it.")
    link = address(context, f"/staff/requests/{submission.number}")
    return {"number": submission.number, "link": link}


register("staff.tell_of_no_answer", timedelta(hours=1), tell_owners)
