"""Adding to one's own log, changing an entry, and taking one out."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.own_records.entry import Payment, seal_payment
from portal.own_records.models import OwnReceipt, OwnRecord
from portal.own_records.read_log import files_of_record, read_log
from portal.requests.add_evidence import REMOVED
from portal.requests.models import EvidenceFile
from portal.security.sealing import Sealer
from portal.web.actor import Actor

MOST_ENTRIES = 2_000
"""Of one account, on all its cases: a payment a week for eighteen years, twice over."""


class TooManyEntries(Exception):
    """The account's log is full."""


def add_entry(
    session: Session,
    sealer: Sealer,
    actor: Actor,
    case_id: str,
    payment: Payment,
    once: str,
    now: datetime,
) -> tuple[OwnRecord, bool]:
    """Add a payment; with whether it is new. A form sent twice (`once`) adds it once (CON-1).

    Raises `TooManyEntries`.
    """
    before = _added_before(session, actor, [_once(once, 0)])
    if before:
        return before[0], False
    check_room(session, actor, 1)
    row = _row(sealer, actor, case_id, payment, _once(once, 0), now)
    if not _insert(session, [row]):
        return _added_before(session, actor, [row.once])[0], False
    _tell(session, "own-record:added", actor, row.id, now)
    return row, True


def add_all(
    session: Session,
    sealer: Sealer,
    actor: Actor,
    case_id: str,
    payments: Sequence[Payment],
    once: str,
    now: datetime,
) -> int:
    """Add the payments of a file, all or none; returns how many rows of the log came of it.

    Those that the log has already are left out. Sent twice (`once`) they are added once (CON-1).
    Raises `TooManyEntries`.
    """
    marks = [_once(once, place) for place, _payment in enumerate(payments, start=1)]
    before = _added_before(session, actor, marks)
    if before:
        return len(before)
    fresh = set(new_places(session, sealer, actor, case_id, payments))
    check_room(session, actor, len(fresh))
    rows = [
        _row(sealer, actor, case_id, payment, marks[place], now)
        for place, payment in enumerate(payments)
        if place in fresh
    ]
    if not rows or not _insert(session, rows):
        return len(_added_before(session, actor, marks))
    record_event(
        session,
        "own-record:imported",
        now=now,
        actor_id=actor.id,
        subject=("account", actor.id),
        detail={"rows": len(rows)},
    )
    return len(rows)


def new_places(
    session: Session, sealer: Sealer, actor: Actor, case_id: str, payments: Sequence[Payment]
) -> list[int]:
    """Which of the payments, by their place, the log does not have yet.

    Two alike in a file are two payments; of two in the file and one in the log one is new.
    """
    known = Counter(it.payment for it in read_log(session, sealer, actor.id, case_id))
    places = []
    for place, payment in enumerate(payments):
        if known[payment]:
            known[payment] -= 1
        else:
            places.append(place)
    return places


def change_entry(
    session: Session, sealer: Sealer, actor: Actor, row: OwnRecord, payment: Payment, now: datetime
) -> None:
    """Say it anew. The caller holds the actor's own row (`find_record`)."""
    row.data = seal_payment(sealer, payment, row.id)
    session.flush()
    _tell(session, "own-record:changed", actor, row.id, now)


def remove_entry(session: Session, actor: Actor, row: OwnRecord, now: datetime) -> None:
    """Take an entry out with its receipts, which are swept after a day.

    What went into a review stays there: it was copied. The caller holds the actor's own row.
    """
    ids = [file.id for file in files_of_record(session, row.id)]
    session.execute(delete(OwnReceipt).where(OwnReceipt.record_id == row.id))
    session.execute(update(EvidenceFile).where(EvidenceFile.id.in_(ids)).values(state=REMOVED))
    record_id = row.id
    session.delete(row)
    session.flush()
    _tell(session, "own-record:removed", actor, record_id, now)


def check_room(session: Session, actor: Actor, more: int) -> None:
    """Raise `TooManyEntries` where so many more are too many."""
    count = select(func.count()).select_from(OwnRecord).where(OwnRecord.account_id == actor.id)
    if (session.scalar(count) or 0) + more > MOST_ENTRIES:
        raise TooManyEntries


def _row(
    sealer: Sealer, actor: Actor, case_id: str, payment: Payment, once: str, now: datetime
) -> OwnRecord:
    record_id = uuid.uuid4().hex
    return OwnRecord(
        id=record_id,
        account_id=actor.id,
        case_id=case_id,
        once=once,
        made_at=now,
        data=seal_payment(sealer, payment, record_id),
    )


def _insert(session: Session, rows: Sequence[OwnRecord]) -> bool:
    """Add rows; False where the same form, sent at the same moment, was quicker."""
    try:
        with session.begin_nested():
            session.add_all(rows)
    except IntegrityError:
        return False
    return True


def _added_before(session: Session, actor: Actor, marks: Sequence[str]) -> Sequence[OwnRecord]:
    wanted = select(OwnRecord).where(OwnRecord.account_id == actor.id, OwnRecord.once.in_(marks))
    return session.scalars(wanted).all()


def _once(once: str, place: int) -> str:
    return hashlib.sha256(f"{once}:{place}".encode()).hexdigest()


def _tell(session: Session, name: str, actor: Actor, record_id: str, now: datetime) -> None:
    record_event(session, name, now=now, actor_id=actor.id, subject=("own-record", record_id))
