"""What the auditor reads: who opened whose record, when and why; no fact of any case (AUD-4)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.opening_models import WORDS, RecordOpening
from portal.accounts.staff_models import StaffMember
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.record.models import Member
from portal.requests.models import Submission, SubmissionEvent
from portal.rules.agency import Agency
from portal.rules.transitions import State, can_withdraw
from portal.rules.vocabulary import Role
from portal.staff.unusual import Finding, Opened, Refused, findings
from portal.web.paging import cut

A_PAGE = 50
USUAL_DAYS = 30
PAGE = "staff:page:refused"
TRIES = ("staff:look-up:refused", "staff:trail:searched", PAGE)
"""Events that tell of a try, where they were refused."""
LABEL = 10
"""How many signs stand for a person: the same for this auditor each time, for nobody else."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which openings: of agency-local days, both included, and perhaps of a worker or a person."""

    first: date
    last: date
    worker_id: str | None = None
    who: str | None = None
    """``person:<id>`` or ``case:<number>``, as `audit_search.find_who` gives it."""


@dataclass(frozen=True, slots=True)
class OpeningShown:
    """One opening. The person is a label, the request its number."""

    at: datetime
    worker: str
    role: str
    reason: str
    words: str
    person: str
    request: str | None


@dataclass(frozen=True, slots=True)
class Openings:
    """A page of them, the newest first, and how many there are in all."""

    rows: list[OpeningShown]
    count: int
    page: int
    pages: int


def usual_days(agency: Agency, now: datetime) -> tuple[date, date]:
    """The last thirty days, agency-local."""
    today = agency.local_date(now)
    return today - timedelta(days=USUAL_DAYS - 1), today


def read_openings(
    session: Session, context: Context, auditor: Account, wanted: Wanted, page: int
) -> Openings:
    """The openings that are wanted. :param page: the first is 1; one past the end is the last."""
    fits = _fits(context.agency, wanted)
    count = session.scalar(select(func.count()).select_from(RecordOpening).where(fits)) or 0
    shown = cut(count, A_PAGE, page)
    chosen = (
        select(RecordOpening, StaffMember.name, Submission.number)
        .outerjoin(StaffMember, StaffMember.account_id == RecordOpening.account_id)
        .outerjoin(Submission, Submission.id == RecordOpening.submission_id)
        .where(fits)
        .order_by(RecordOpening.at.desc(), RecordOpening.id)
    )
    found = session.execute(chosen.offset(shown.start).limit(A_PAGE))
    rows = [_shown(context, auditor, row, name, number) for row, name, number in found]
    return Openings(rows, count, shown.page, shown.pages)


def unusual(session: Session, agency: Agency, first: date, last: date) -> list[Finding]:
    """What the rules find in openings of agency-local days, both included."""
    fits = _fits(agency, Wanted(first, last))
    rows = session.execute(
        select(RecordOpening.account_id, RecordOpening.participant_id, RecordOpening.at).where(fits)
    ).all()
    spans = _request_spans(session, select(RecordOpening.participant_id).where(fits))
    opened = [
        Opened(
            row.account_id,
            row.participant_id,
            row.at,
            any(
                since <= row.at and (until is None or row.at <= until)
                for since, until in spans[row.participant_id]
            ),
        )
        for row in rows
    ]
    return findings(opened, agency, _refused(session, agency, first, last))


def _refused(session: Session, agency: Agency, first: date, last: date) -> list[Refused]:
    """The tries of agency-local days that were refused, as the trail has them."""
    chosen = select(AuditEvent.actor_id, AuditEvent.at, AuditEvent.name, AuditEvent.detail).where(
        AuditEvent.name.in_(TRIES),
        AuditEvent.outcome == "refused",
        AuditEvent.actor_id.is_not(None),
        AuditEvent.at >= agency.start_of_day(first),
        AuditEvent.at < agency.end_of_day(last),
    )
    return [
        Refused(row.actor_id or "", row.at, row.name != PAGE, str(row.detail.get("why", "")))
        for row in session.execute(chosen)
    ]


def label_of(context: Context, auditor: Account, participant_id: str) -> str:
    """What stands for a person: tells equal ones apart, and nothing else."""
    return context.opaque.hide("audited", participant_id, within=auditor.id)[:LABEL]


def _request_spans(
    session: Session, people: Select[str]
) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """From when to when each person's requests were open: until their last event, once ended."""
    last = (
        select(SubmissionEvent.submission_id, func.max(SubmissionEvent.at).label("at"))
        .group_by(SubmissionEvent.submission_id)
        .subquery()
    )
    chosen = (
        select(Submission.participant_id, Submission.submitted_at, Submission.state, last.c.at)
        .outerjoin(last, last.c.submission_id == Submission.id)
        .where(Submission.participant_id.in_(people))
    )
    found: dict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for person, since, state, until in session.execute(chosen):
        found[person].append((since, None if can_withdraw(State(state)) else until))
    return found


def _fits(agency: Agency, wanted: Wanted) -> ColumnElement[bool]:
    conditions = [
        RecordOpening.at >= agency.start_of_day(wanted.first),
        RecordOpening.at < agency.end_of_day(wanted.last),
    ]
    if wanted.worker_id is not None:
        conditions.append(RecordOpening.account_id == wanted.worker_id)
    if wanted.who is not None:
        kind, _colon, key = wanted.who.partition(":")
        on_case = select(Member.participant_id).where(
            Member.case_id == key, Member.role != Role.CHILD.value
        )
        is_one = RecordOpening.participant_id == key
        conditions.append(is_one if kind == "person" else RecordOpening.participant_id.in_(on_case))
    return and_(*conditions)


def _shown(
    context: Context, auditor: Account, row: RecordOpening, name: str | None, number: str | None
) -> OpeningShown:
    words = context.sealer.open(row.words, WORDS, row.id) if row.words is not None else ""
    person = label_of(context, auditor, row.participant_id)
    return OpeningShown(row.at, name or "", row.role, row.reason, words, person, number)
