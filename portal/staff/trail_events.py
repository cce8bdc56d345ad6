"""The trail as the auditor reads it: what the staff did, tried and were refused (AUD-1, AUD-4).

Of a parent nothing but a label shows, the one that stands for the same person among the openings;
of a request its number; of what was noted with an event only codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.notices.letter_models import PortalLetter
from portal.requests.models import Submission
from portal.rules.agency import Agency
from portal.staff import members
from portal.staff.audit_pages import A_PAGE, label_of
from portal.staff.trail_words import DETAILS, EVENTS, KINDS, NOBODY
from portal.web.paging import cut


@dataclass(frozen=True, slots=True)
class WantedEvents:
    """Which events: of agency-local days, both included."""

    first: date
    last: date
    worker_id: str | None = None
    kind: str = ""
    """One of `portal.staff.trail_words.KINDS`; empty for all."""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class EventShown:
    """One event."""

    at: datetime
    actor: str
    """A colleague's name, or what acted; empty for anybody else."""
    name: str
    outcome: str
    about: str
    """A request's number, a colleague's name, or the label of a parent."""
    details: tuple[tuple[str, str], ...]
    """Codes by what they are."""


@dataclass(frozen=True, slots=True)
class Events:
    """A page of them, the newest first, and how many there are in all."""

    rows: list[EventShown]
    count: int
    page: int
    pages: int


def read_events(
    session: Session, context: Context, auditor: Account, wanted: WantedEvents, page: int
) -> Events:
    """The events that are wanted. :param page: the first is 1; one past the end is the last."""
    fits = _fits(context.agency, wanted)
    count = session.scalar(select(func.count()).select_from(AuditEvent).where(fits)) or 0
    shown = cut(count, A_PAGE, page)
    chosen = select(AuditEvent).where(fits).order_by(AuditEvent.id.desc())
    found = session.scalars(chosen.offset(shown.start).limit(A_PAGE)).all()
    names = members.names(session)
    about = _subjects(session, context, auditor, found, names)
    rows = [
        EventShown(
            at=it.at,
            actor=str(NOBODY.get(it.actor_id or "", names.get(it.actor_id or "", ""))),
            name=it.name,
            outcome=it.outcome,
            about=about.get((it.subject_kind, it.subject_id), ""),
            details=tuple((key, str(it.detail[key])) for key in DETAILS if key in it.detail),
        )
        for it in found
    ]
    return Events(rows, count, shown.page, shown.pages)


def _fits(agency: Agency, wanted: WantedEvents) -> ColumnElement[bool]:
    conditions = [
        AuditEvent.name.in_(KINDS[wanted.kind].events if wanted.kind else EVENTS),
        AuditEvent.at >= agency.start_of_day(wanted.first),
        AuditEvent.at < agency.end_of_day(wanted.last),
    ]
    if wanted.worker_id is not None:
        conditions.append(AuditEvent.actor_id == wanted.worker_id)
    if wanted.refused:
        conditions.append(AuditEvent.outcome != "success")
    return and_(*conditions)


def _subjects(
    session: Session,
    context: Context,
    auditor: Account,
    events: Sequence[AuditEvent],
    names: Mapping[str, str],
) -> dict[tuple[str | None, str | None], str]:
    """What stands for each subject of a page of events: in three questions to the database."""

    def label(participant_id: str | None) -> str:
        return label_of(context, auditor, participant_id) if participant_id else ""

    said: dict[tuple[str | None, str | None], str] = {}
    numbers = select(Submission.id, Submission.number).where(
        Submission.id.in_(_ids(events, "request"))
    )
    said |= {("request", it.id): it.number for it in session.execute(numbers)}
    linked = select(Account.id, Account.participant_id).where(
        Account.id.in_(_ids(events, "account"))
    )
    said |= {
        ("account", it.id): names.get(it.id) or label(it.participant_id)
        for it in session.execute(linked)
    }
    letters = (
        select(PortalLetter.id, Submission.number, PortalLetter.participant_id)
        .outerjoin(Submission, Submission.id == PortalLetter.submission_id)
        .where(PortalLetter.id.in_(_ids(events, "letter")))
    )
    said |= {
        ("letter", it.id): it.number or label(it.participant_id) for it in session.execute(letters)
    }
    said |= {("participant", key): label(key) for key in _ids(events, "participant")}
    return said


def _ids(events: Iterable[AuditEvent], kind: str) -> set[str]:
    return {it.subject_id for it in events if it.subject_kind == kind and it.subject_id}
