"""Lifting a safety mark: asked for in person with photo ID, approved by a second person (PRV-2).

A mark is lifted whoever set it, the parent or a load. The value in the agency's record stays as it
is: a load sets the mark again only where that value turns. Nothing tells the other parent, before
or after.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.safety_marks import is_marked, lift_mark
from portal.audit.trail import record_event
from portal.context import Context
from portal.record.models import Participant
from portal.record.names import full_name
from portal.staff import two_people
from portal.staff.models import TwoPersonRequest
from portal.staff.two_people import Action, CannotBeDone


def can_lift(session: Session, participant_id: str) -> bool:
    """Whether there is a mark on a person of the record."""
    return session.get(Participant, participant_id) is not None and is_marked(
        session, participant_id
    )


@two_people.performs(Action.LIFT_SAFETY_MARK)
def _lift(
    session: Session, context: Context, asked: TwoPersonRequest, approver: Account, now: datetime
) -> None:
    if not can_lift(session, asked.subject_id) or not lift_mark(session, asked.subject_id, now):
        raise CannotBeDone(asked.id)
    record_event(session, "account:safety-mark:lifted", now=now, actor_id=approver.id,
                 subject=("participant", asked.subject_id),
                 detail={"asked_by": asked.asked_by})  # fmt: skip


@two_people.describes(Action.LIFT_SAFETY_MARK)
def _whose(session: Session, context: Context, asked: TwoPersonRequest) -> str:
    person = session.get(Participant, asked.subject_id)
    return full_name(person) if person else ""
