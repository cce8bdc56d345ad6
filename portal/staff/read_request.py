"""A request as the staff see it: what was said and sent, what happened, what can be done now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import StaffMember
from portal.context import Context
from portal.ledger.case_view import CaseView, open_cases
from portal.record.models import Participant
from portal.record.names import full_name
from portal.requests.add_evidence import files_of_submission, name_of
from portal.requests.change_address import AddressChange, change_of
from portal.requests.events import REPLACED, detail_of, events_of
from portal.requests.models import EvidenceFile, Submission
from portal.requests.said import Said, said_in
from portal.requests.summary import RequestSummary, summarise
from portal.rules.calendar import day_from
from portal.rules.deadlines import days_left, judicial_review_by
from portal.rules.transitions import Event
from portal.rules.vocabulary import RequestKind
from portal.staff.compare_disputes import DisputeCompared, compare_disputes
from portal.staff.compare_months import Comparison, compare_months
from portal.staff.no_answer import has_passed
from portal.staff.notes import Note, notes_of
from portal.staff.parties import keep_parties_out
from portal.staff.protected_location import at_risk, keeps_back
from portal.staff.sent_letters import SentLetter, letters_of_request
from portal.staff.steps import steps_now, waits_for_us
from portal.staff.who_works import is_free


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent the request. A marked person's whereabouts are kept from the staff (PRV-2)."""

    participant_id: str
    name: str
    language: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class HappenedToIt:
    """An event for the staff: with the words of whoever caused it, and the colleague's name."""

    event: str
    at: datetime
    by: str | None
    """A colleague's name; None where the parent, an extract or the portal caused it."""
    text: str | None
    until: date | None
    case_id: str | None
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffRequest:
    """A request with everything a worker may see of it. Days are agency-local."""

    submission: Submission
    summary: RequestSummary
    sender: Sender
    owner: str | None
    """The colleague's name who has it; also of one who left."""
    is_mine: bool
    is_free: bool
    """Whether nobody has it: no owner, or one who works requests no more."""
    said: Said | None
    change: AddressChange | None
    """None also where the address of a marked sender is kept back."""
    location_hidden: bool
    """With the address what she sent for it when asked for more: her words and her files."""
    happened: tuple[HappenedToIt, ...]
    files: tuple[tuple[EvidenceFile, str], ...]
    notes: tuple[Note, ...]
    letters: tuple[tuple[SentLetter, str], ...]
    """Letters sent about it, with what stands for each in an address of this worker's."""
    steps: frozenset[Event]
    today: date
    court_by: date | None
    comparison: Comparison | None
    disputed: tuple[DisputeCompared, ...]
    """What the sender does not agree with, or asks about, beside the record as it is now."""

    @property
    def waits_for_us(self) -> bool:
        """Whether there is something left for the staff to do, an entry in their system too."""
        return waits_for_us(self.submission)

    @property
    def days_left(self) -> int | None:
        """Until the agency's own day to answer; negative when late."""
        due_on = self.submission.due_on
        return days_left(due_on, self.today) if due_on else None

    @property
    def did_not_answer(self) -> bool:
        """Whether the day is over by which the parent was asked to send more."""
        return has_passed(self.submission.state, self.submission.asked_until, self.today)

    @property
    def stayed_cases(self) -> tuple[str, ...]:
        """The cases on which new enforcement rests because of it, now."""
        return tuple(case.case_id for case in self.submission.cases if case.is_stayed)


def find_request(session: Session, worker: Account, number: str) -> Submission:
    """The request of that number, for reading.

    Raises `LookupError`, and `portal.staff.parties.PartyToCase` (ACL-4).
    """
    submission = session.scalars(select(Submission).where(Submission.number == number)).first()
    if submission is None:
        raise LookupError(number)
    keep_parties_out(session, worker, submission)
    return submission


def read_request(
    session: Session, context: Context, worker: Account, submission: Submission, now: datetime
) -> StaffRequest:
    """A request that `find_request` found for the worker, with all that they may see of it."""
    sealer, today = context.sealer, context.agency.local_date(now)
    sender = sender_of(session, submission)
    is_change = submission.kind == RequestKind.CHANGE_OF_ADDRESS.value
    hidden = keeps_back(session, worker, submission, now)
    said = None if is_change else said_in(sealer, submission)
    views = views_of_request(session, context, submission, now) if said else []
    sent_on = context.agency.local_date(submission.submitted_at)
    decided_on = submission.decided_on
    happened = _happened(session, context, submission)
    if hidden:  # what she sent when asked for more tells where she lives, too
        happened = tuple(
            replace(
                it, files=(), text=None if it.event == Event.INFORMATION_GIVEN.value else it.text
            )
            for it in happened
        )
    return StaffRequest(
        submission=submission,
        summary=summarise(submission, was_replaced=any(it.event == REPLACED for it in happened)),
        sender=sender,
        owner=_names(session, [submission.owner_id]).get(submission.owner_id or ""),
        is_mine=submission.owner_id == worker.id,
        is_free=is_free(session, submission),
        said=said,
        change=change_of(sealer, submission) if is_change and not hidden else None,
        location_hidden=hidden,
        happened=happened,
        files=()
        if hidden
        else tuple(
            (file, name_of(sealer, file)) for file in files_of_submission(session, submission.id)
        ),
        notes=notes_of(session, sealer, submission.id),
        letters=_letters(session, context, worker, submission.id),
        steps=steps_now(submission),
        today=today,
        court_by=judicial_review_by(decided_on, context.agency) if decided_on else None,
        comparison=compare_months(
            session, views, said.payments, sent_on, context.agency.comparing, _days(said)
        )
        if said and submission.kind == RequestKind.ADMINISTRATIVE_REVIEW.value
        else None,
        disputed=compare_disputes(session, views, said.disputes) if said else (),
    )


def sender_of(session: Session, submission: Submission) -> Sender:
    """Who sent it. Whoever the record no longer names counts as marked."""
    person = session.get(Participant, submission.participant_id)
    account = session.get(Account, submission.account_id)
    return Sender(
        participant_id=submission.participant_id,
        name=(full_name(person) if person else "") or submission.participant_id,
        language=account.language if account else "en",
        is_marked=at_risk(session, submission.participant_id),
    )


def views_of_request(
    session: Session, context: Context, submission: Submission, now: datetime
) -> list[CaseView]:
    """The request's cases as its sender sees them."""
    ids = {case.case_id for case in submission.cases}
    today = context.agency.local_date(now)
    views = open_cases(session, submission.participant_id, agency=context.agency, today=today)
    return [view for view in views if view.case_id in ids]


def _days(said: Said) -> tuple[date, ...]:
    return tuple(it.on for it in said.disputes)


def _happened(
    session: Session, context: Context, submission: Submission
) -> tuple[HappenedToIt, ...]:
    rows = [(row, detail_of(context.sealer, row)) for row in events_of(session, submission.id)]
    names = _names(session, [detail.get("by") for _row, detail in rows])
    return tuple(
        HappenedToIt(
            event=row.event,
            at=row.at,
            by=names.get(detail.get("by") or ""),
            text=detail.get("text"),
            until=day_from(detail.get("until")),
            case_id=row.case_id,
            files=tuple(file["name"] for file in detail.get("evidence") or ()),
        )
        for row, detail in rows
    )


def _names(session: Session, account_ids: list[str | None]) -> dict[str, str]:
    wanted = {it for it in account_ids if it}
    chosen = select(StaffMember.account_id, StaffMember.name).where(
        StaffMember.account_id.in_(wanted)
    )
    return {row.account_id: row.name for row in session.execute(chosen)}


def _letters(
    session: Session, context: Context, worker: Account, submission_id: str
) -> tuple[tuple[SentLetter, str], ...]:
    hide = context.opaque.hide
    sent = letters_of_request(session, submission_id)
    return tuple((it, hide("letter", it.letter.id, within=worker.id)) for it in sent)
