"""The queue: what waits for an answer by due date, and what was granted and is still to be entered
in the agency's own system by the day of its decision; each as one worker may see it.

No parent's name and none of their words are read here: the list shows numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import StaffMember
from portal.requests.models import Submission
from portal.rules.agency import Agency
from portal.rules.deadlines import days_left
from portal.rules.transitions import State
from portal.rules.vocabulary import Outcome, RequestKind
from portal.staff.no_answer import has_passed
from portal.staff.which_requests import is_open, is_to_enter, may_work
from portal.staff.who_works import nobody_has
from portal.web.paging import cut

A_PAGE = 25
_NEVER = date.max


class Stage(StrEnum):
    """What the requests that are shown wait for."""

    ANSWER = ""
    ENTRY = "entry"
    """Granted, whole or in part; the agency's own system does not carry it yet."""


class Whose(StrEnum):
    """Who has the requests that are shown."""

    ALL = ""
    MINE = "mine"
    NOBODYS = "nobody"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which requests to show; empty shows all that wait for an answer."""

    stage: Stage = Stage.ANSWER
    whose: Whose = Whose.ALL
    kind: str = ""
    language: str = ""
    late: bool = False
    escalated: bool = False

    def arguments(self) -> dict[str, str]:
        """As the addresses of the list carry it."""
        flags = {"late": self.late, "escalated": self.escalated}
        values = {"stage": self.stage.value, "whose": self.whose.value}
        values |= {"kind": self.kind, "language": self.language}
        values |= {name: "y" for name, is_set in flags.items() if is_set}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class QueuedRequest:
    """A line of the queue. Days are agency-local."""

    number: str
    kind: RequestKind
    state: State
    decision: Outcome | None
    decided_on: date | None
    age_days: int
    """Since it was sent; where it is to be entered, since it was decided."""
    due_on: date | None
    days_left: int | None
    """Until the last day to answer; negative when late."""
    owner: str | None
    """The colleague's name; also of one who left."""
    office: str | None
    """Where the agency's own system says it is."""
    is_free: bool
    """Whether nobody has it: no owner, or one who works requests no more."""
    is_mine: bool
    language: str
    escalated: bool
    waits_until: date | None
    """The day by which the parent was asked to send more, while that is waited for."""
    did_not_answer: bool
    """Whether that day is over."""

    @property
    def is_late(self) -> bool:
        """Whether the day to answer is over."""
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests there are for this worker, whatever the filter."""

    all: int
    """With `mine`, `nobodys`, `late` and `escalated`: of those that wait for an answer."""
    mine: int
    nobodys: int
    late: int
    escalated: int
    to_enter: int
    to_enter_mine: int
    to_enter_nobodys: int


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue."""

    rows: Sequence[QueuedRequest]
    found: int
    page: int
    pages: int
    counts: Counts
    has_next: bool
    """Whether there is a request that nobody has and that does not wait for its parent."""


def list_queue(
    session: Session, agency: Agency, worker: Account, wanted: QueueFilter, page: int, now: datetime
) -> Queue:
    """The requests that fit, the oldest clock first; a page past the end is the last one."""
    today = agency.local_date(now)
    fits = and_(*_conditions(worker, wanted, today))
    counting = select(func.count()).select_from(Submission).join(*_SENDER, isouter=True)
    found = session.scalar(counting.where(fits)) or 0
    shown = cut(found, A_PAGE, page)
    place = _ENTRY_PLACE if wanted.stage is Stage.ENTRY else _PLACE
    chosen = _lines().where(fits).order_by(*place).limit(A_PAGE).offset(shown.start)
    rows = [_line(agency, worker, row, today) for row in session.execute(chosen)]
    has_next = next_number(session, agency, worker, now) is not None
    return Queue(rows, found, shown.page, shown.pages, _counts(session, worker, today), has_next)


def next_number(
    session: Session, agency: Agency, worker: Account, now: datetime, after: str | None = None
) -> str | None:
    """The number of the next request that nobody has and this worker may work; None for none.

    What waits for its parent is passed over. With `after`, a request that was just looked at, the
    one behind it in the queue; from the end back to the first.
    """
    today = agency.local_date(now)
    waits = and_(
        Submission.state == State.MORE_INFORMATION_ASKED.value, Submission.asked_until >= today
    )
    nobodys = _conditions(worker, QueueFilter(whose=Whose.NOBODYS), today)
    chosen = (
        select(Submission.number)
        .join(*_SENDER, isouter=True)
        .where(*nobodys, or_(Submission.asked_until.is_(None), ~waits))
        .order_by(*_PLACE)
        .limit(1)
    )
    behind = _place_of(session, after) if after else None
    if behind is not None:
        found = session.scalar(chosen.where(tuple_(*_PLACE) > behind))
        if found is not None:
            return found
    return session.scalar(chosen)


_SENDER = (Account, Account.id == Submission.account_id)
_PLACE: tuple[ColumnElement[Any], ...] = (
    func.coalesce(Submission.due_on, literal(_NEVER, Submission.due_on.type)),
    Submission.submitted_at.expression,
    Submission.id.expression,
)
_ENTRY_PLACE: tuple[ColumnElement[Any], ...] = (Submission.decided_on.expression, *_PLACE[1:])


def _conditions(worker: Account, wanted: QueueFilter, today: date) -> list[ColumnElement[bool]]:
    is_at_stage = is_to_enter() if wanted.stage is Stage.ENTRY else is_open()
    conditions = [is_at_stage, may_work(worker)]
    if wanted.whose is Whose.MINE:
        conditions.append(Submission.owner_id == worker.id)
    if wanted.whose is Whose.NOBODYS:
        conditions.append(nobody_has())
    if wanted.kind:
        conditions.append(Submission.kind == wanted.kind)
    if wanted.language:
        conditions.append(Account.language == wanted.language)
    if wanted.late:
        conditions.append(and_(is_open(), Submission.due_on < today))
    if wanted.escalated:
        conditions.append(Submission.escalated_at.is_not(None))
    return conditions


def _lines() -> Select[*tuple[Any, ...]]:
    """The columns of a line: nothing sealed, so nothing that the parent wrote."""
    return (
        select(
            Submission.number,
            Submission.kind,
            Submission.state,
            Submission.decision,
            Submission.decided_on,
            Submission.submitted_at,
            Submission.due_on,
            Submission.owner,
            Submission.owner_id,
            Submission.escalated_at,
            Submission.asked_until,
            nobody_has().label("is_free"),
            StaffMember.name,
            Account.language,
        )
        .join(*_SENDER, isouter=True)
        .outerjoin(StaffMember, StaffMember.account_id == Submission.owner_id)
    )


def _line(agency: Agency, worker: Account, row: Any, today: date) -> QueuedRequest:
    state = State(row.state)
    waits = state is State.MORE_INFORMATION_ASKED
    is_decided = state is State.DECIDED and row.decided_on is not None
    since = row.decided_on if is_decided else agency.local_date(row.submitted_at)
    return QueuedRequest(
        number=row.number,
        kind=RequestKind(row.kind),
        state=state,
        decision=Outcome(row.decision) if row.decision else None,
        decided_on=row.decided_on,
        age_days=(today - since).days,
        due_on=row.due_on,
        days_left=days_left(row.due_on, today) if row.due_on else None,
        owner=row.name,
        office=row.owner,
        is_free=bool(row.is_free),
        is_mine=row.owner_id == worker.id,
        language=row.language or agency.languages[0],
        escalated=row.escalated_at is not None,
        waits_until=row.asked_until if waits else None,
        did_not_answer=has_passed(row.state, row.asked_until, today),
    )


def _counts(session: Session, worker: Account, today: date) -> Counts:
    def how_many(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(*conditions)

    mine = Submission.owner_id == worker.id
    chosen = select(
        how_many(is_open()),
        how_many(is_open(), mine),
        how_many(is_open(), nobody_has()),
        how_many(is_open(), Submission.due_on < today),
        how_many(is_open(), Submission.escalated_at.is_not(None)),
        how_many(is_to_enter()),
        how_many(is_to_enter(), mine),
        how_many(is_to_enter(), nobody_has()),
    ).where(or_(is_open(), is_to_enter()), may_work(worker))
    return Counts(*session.execute(chosen.select_from(Submission)).one())


def _place_of(session: Session, number: str) -> tuple[Any, ...] | None:
    row = session.execute(select(*_PLACE).where(Submission.number == number)).one_or_none()
    return None if row is None else tuple(row)
