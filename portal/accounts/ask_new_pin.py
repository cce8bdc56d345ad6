"""Asking the agency for a new PIN; it is mailed to the address on record, never shown here."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts.match_person import was_born, with_ssn, work_for_nobody
from portal.accounts.models import PinRequest
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import throttles


def ask_new_pin(session: Session, context: Context, ssn: str, born: date, now: datetime) -> None:
    """Write down the wish of whoever matches, for the export. Tells the caller nothing.

    At most three a day for one number, known or not. :param ssn: nine digits.
    """
    gate = throttles.look(session, context.keyring, throttles.NEW_PIN, ssn, now)
    claimed = with_ssn(session, context, ssn)
    if not claimed:  # the time taken tells nothing either (REG-2)
        work_for_nobody(session, context, looks=1)
    people = [person for person in claimed if was_born(context.sealer, person, born)]
    is_open = gate.closed_until(now) is None
    if not is_open or not people:
        record_event(session, "registration:pin:asked", now=now, outcome="refused",
                     detail={"throttled": int(not is_open)})  # fmt: skip
    if not is_open:
        return
    gate.count(now)
    if not people:
        session.execute(delete(PinRequest).where(PinRequest.id == ""))
    for person in people:
        session.add(PinRequest(id=uuid.uuid4().hex, participant_id=person.participant_id, at=now))
        record_event(session, "registration:pin:asked", now=now,
                     subject=("participant", person.participant_id))  # fmt: skip
    session.flush()
