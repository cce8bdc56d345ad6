"""Holding a request before anything of it is changed: the one way into it for the staff (CON-2)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.requests.models import Submission
from portal.staff.parties import PartyToCase, keep_parties_out

__all__ = ["PartyToCase", "Stale", "hold"]


class Stale(Exception):
    """The form was made of an older version: somebody, or the parent, took a step meanwhile."""

    def __init__(self, submission: Submission) -> None:
        super().__init__(submission.number)
        self.submission = submission


def hold(session: Session, worker: Account, number: str, version: int | None) -> Submission:
    """The request of that number, read afresh and locked until the transaction ends.

    `version` is the one that the worker's form was made of; None where the step does not depend on
    what was seen. Raises `LookupError` for an unknown number, `PartyToCase` where the worker has
    to do with its parties (ACL-4), `Stale` for a form of an older version (CON-2).
    """
    submission = session.scalars(
        select(Submission)
        .where(Submission.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if submission is None:
        raise LookupError(number)
    keep_parties_out(session, worker, submission)
    if version is not None and version != submission.version:
        raise Stale(submission)
    return submission
