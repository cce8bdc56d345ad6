"""Opening a case to write letters about it, for a reason, as a parent is looked up (AUD-4).

It shows who is on the case, so it counts among the worker's look-ups.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import throttles
from portal.staff.case_parents import CaseParent, CaseToWrite, case_to_write
from portal.staff.look_up import By, Reason, Side
from portal.staff.note_opening import latest_opening, note_at_once, of_case
from portal.staff.parties import PartyToCase


class TooManyLookUps(Exception):
    """The worker has to wait."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def open_case(
    session: Session,
    context: Context,
    worker: Account,
    case_id: str,
    reason: Reason,
    words: str,
    now: datetime,
    *,
    about: Side | None = None,
) -> CaseToWrite:
    """The case, its parents' records opened for a reason; flushes.

    That one of them came or wrote is told to that one alone (PRV-1, PRV-2): the others, and all of
    them where the worker names nobody or two stand on that side, read that somebody worked on the
    case.

    :param words: why, in the worker's own words: sealed, for the auditor.
    :param about: the side of the parent whose reason it is.

    Raises `LookupError` where there is no such case, `portal.staff.parties.PartyToCase` (ACL-4) and
    `TooManyLookUps`; each is written down.
    """
    looked, missed = (
        throttles.look(session, context.keyring, policy, worker.id, now)
        for policy in (throttles.LOOK_UP, throttles.LOOK_UP_MISSED)
    )
    closed = [until for gate in (looked, missed) if (until := gate.closed_until(now)) is not None]
    if closed:
        _refused(session, worker, reason, now, "throttled")
        raise TooManyLookUps(max(closed))
    looked.count(now)
    try:
        found = case_to_write(session, worker, case_id, context.agency.local_date(now))
    except LookupError:
        missed.count(now)
        _refused(session, worker, reason, now, "nobody")
        raise
    except PartyToCase:
        _refused(session, worker, reason, now, "close")
        raise
    named = [it for it in found.parents if side_of(it) is about]
    for parent in found.parents:
        code = reason.value if named == [parent] else of_case(reason.value)
        note_at_once(session, context.sealer, worker, parent.participant_id, code, words, now)
    return found


def side_of(parent: CaseParent) -> Side:
    """On which side of the case a parent or guardian is."""
    return Side.CUSTODIAL if parent.gets_services else Side.PAYOR


def was_opened(session: Session, worker: Account, case: CaseToWrite, now: datetime) -> bool:
    """Whether the worker said lately why they open this case, or the record of a parent on it."""
    return not case.parents or any(
        latest_opening(session, worker, parent.participant_id, now) for parent in case.parents
    )


def _refused(session: Session, worker: Account, reason: Reason, now: datetime, why: str) -> None:
    record_event(session, "staff:look-up:refused", now=now, actor_id=worker.id, outcome="refused",
                 detail={"by": By.CASE.value, "reason": reason.value, "why": why})  # fmt: skip
