"""From a number that the auditor was given to the openings of its people (AUD-4).

What is found tells whose number it is, so it is counted as a look-up is, and is in the trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.match_person import with_ssn
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.record.models import Member
from portal.security import throttles
from portal.staff.parties import cases_of, is_party


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a search: at most one of the three."""

    who: str | None = None
    """As `portal.staff.audit_pages.Wanted` takes it."""
    is_close: bool = False
    """It is the auditor, or somebody close to them (ACL-4)."""
    closed_until: datetime | None = None
    """Too many searches: from then on again."""


def find_who(
    session: Session, context: Context, auditor: Account, typed: str, now: datetime
) -> Found:
    """The case or the person of a number that the auditor was given, by a complaint say.

    In the trail, whatever comes of it. :param typed: a case or Social Security number.
    """
    looked, missed = (
        throttles.look(session, context.keyring, policy, auditor.id, now)
        for policy in (throttles.LOOK_UP, throttles.LOOK_UP_MISSED)
    )
    closed = [until for gate in (looked, missed) if (until := gate.closed_until(now)) is not None]
    if closed:
        _note_search(session, auditor, None, now, "throttled")
        return Found(closed_until=max(closed))
    looked.count(now)
    about = _behind(session, context, typed)
    if about is None:
        missed.count(now)
        _note_search(session, auditor, None, now, "nobody")
        return Found()
    kind, key = about
    is_case = kind == "case"
    cases = [key] if is_case else cases_of(session, key)
    if is_party(session, auditor.id, case_ids=cases, participant_id="" if is_case else key):
        _note_search(session, auditor, about, now, "close")
        return Found(is_close=True)
    _note_search(session, auditor, about, now)
    return Found(f"case:{key}" if is_case else f"person:{key}")


def _behind(session: Session, context: Context, typed: str) -> tuple[str, str] | None:
    """What the number is of: ``case`` or ``participant``, and its id."""
    number = "".join(sign for sign in typed if sign.isascii() and sign.isdecimal())
    case = select(Member.case_id).where(Member.case_id.in_({typed.strip(), typed.strip().upper()}))
    case_id = session.scalars(case.limit(1)).first()
    if case_id is not None:
        return "case", case_id
    people = with_ssn(session, context, number) if len(number) == 9 else []
    return ("participant", people[0].participant_id) if len(people) == 1 else None


def _note_search(
    session: Session,
    auditor: Account,
    about: tuple[str, str] | None,
    now: datetime,
    refused: str = "",
) -> None:
    record_event(session, "staff:trail:searched", now=now, actor_id=auditor.id, subject=about,
                 outcome="refused" if refused else "success",
                 detail={"why": refused} if refused else None)  # fmt: skip
