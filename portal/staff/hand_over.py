"""Handing a request over to a named colleague who may work it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import StaffMember
from portal.audit.trail import record_event
from portal.context import Context
from portal.requests.models import Submission
from portal.staff.hold import hold
from portal.staff.parties import PartyToCase, keep_parties_out
from portal.staff.steps import NotOwner
from portal.staff.take import check_waits, may_give, start
from portal.staff.who_works import can_work


class CannotWork(ValueError):
    """The colleague may not work this request: no such role, kept out, or a party to its case."""


def colleagues(session: Session, submission: Submission) -> list[tuple[str, str]]:
    """Who could have it instead: account and name, in the order of the names.

    Who is close to its parties is left out without a word: that is theirs to tell.
    """
    chosen = (
        select(Account, StaffMember.name)
        .join(StaffMember, StaffMember.account_id == Account.id)
        .where(Account.id.in_(can_work()))
    )
    found = [
        (account.id, name)
        for account, name in session.execute(chosen)
        if account.id != submission.owner_id and not _is_party(session, account, submission)
    ]
    return sorted(found, key=lambda it: (it[1].casefold(), it[0]))


def hand_over(
    session: Session,
    context: Context,
    worker: Account,
    number: str,
    version: int,
    to_account: str,
    now: datetime,
) -> Submission:
    """Give a request to a colleague: one's own, or anybody's for a supervisor.

    Raises what `hold` raises, `IllegalTransition` where nothing of it is left to do, `NotOwner` and
    `CannotWork`.
    """
    submission = hold(session, worker, number, version)
    check_waits(submission)
    if not may_give(worker, submission):
        raise NotOwner(number)
    if to_account not in {account_id for account_id, _name in colleagues(session, submission)}:
        raise CannotWork(to_account)
    before = submission.owner_id
    submission.owner_id = to_account
    submission.version += 1
    if before is None:
        start(session, context, worker, submission, now)
    record_event(session, "request:handed-over", now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"owner": before or "", "to": to_account,
                         "version": submission.version})  # fmt: skip
    return submission


def _is_party(session: Session, account: Account, submission: Submission) -> bool:
    try:
        keep_parties_out(session, account, submission)
    except PartyToCase:
        return True
    return False
