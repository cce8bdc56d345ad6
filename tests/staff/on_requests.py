"""A request of the payor's, and workers who work on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.requests.disputes import Dispute
from portal.requests.drafts import begin_draft, save_draft
from portal.requests.events import detail_of, events_of
from portal.requests.file_review import KIND, file_review
from portal.requests.models import Submission
from portal.rules.transitions import Cause, Event
from portal.security.permissions import StaffRole
from portal.staff.models import StaffParty
from tests.requests.open_letter import open_letter
from tests.support.accounts import TestAccount
from tests.support.staff import make_staff

CLAIMS = [
    {"date": "2026-10-14", "amount": "120.00", "how": "employer"},
    {"date": "2026-10-20", "amount": "60.00", "how": "check_or_money_order"},
    {"date": "2026-09-01", "amount": "75.00", "how": "to_other_parent"},
]
"""One that the record has, one with another amount, one that it has not."""


@dataclass(frozen=True)
class Filed:
    """A review and who works on it."""

    number: str
    id: str


def file_one(
    context: Context,
    account: TestAccount,
    *,
    claims: list[dict[str, str]] | None = None,
    grounds: tuple[str, ...] = ("payments_not_credited", "amount_wrong"),
    words: str = "My employer took it from my pay.",
    disputes: Sequence[Dispute] = (),
) -> Filed:
    """A review that answers the payor's letter, in time; a further one answers an older letter."""
    now = context.now()
    with context.database.transaction() as session:
        actor = session.get_one(Account, account.id)
        draft = begin_draft(session, context.sealer, account.id, KIND, now)
        save_draft(session, context.sealer, draft, now, cases=[],
                   letter=open_letter(session, account.id),
                   grounds=list(grounds), words=words,
                   payments=CLAIMS if claims is None else claims,
                   disputes=[it.as_json() for it in disputes])  # fmt: skip
        sent = file_review(session, context.sealer, context.agency, actor, draft.id, now)
        return Filed(sent.number, sent.id)


def caseworker(context: Context, name: str = "Sam Field") -> TestAccount:
    return make_staff(context, StaffRole.CASEWORKER, name=name)


def change(context: Context, request: Filed, **values: object) -> None:
    """Put values of its row where a test needs them."""
    with context.database.transaction() as session:
        submission = session.get_one(Submission, request.id)
        for name, value in values.items():
            setattr(submission, name, value)


def lead(context: Context, name: str = "Lee Head") -> TestAccount:
    """A supervisor."""
    return make_staff(context, StaffRole.SUPERVISOR, name=name)


def close_to(context: Context, worker: TestAccount, participant_id: str) -> None:
    """The worker is close to a person, as they themselves said."""
    with context.database.transaction() as session:
        session.add(
            StaffParty(account_id=worker.id, participant_id=participant_id,
                       declared_by=worker.id, declared_at=context.now())
        )  # fmt: skip


def give(context: Context, filed: Filed, worker: TestAccount) -> None:
    """The worker has it, as after taking it from the queue."""
    from portal.requests.lifecycle import move

    with context.database.transaction() as session:
        submission = session.get_one(Submission, filed.id)
        submission.owner_id = worker.id
        submission.version += 1
        move(session, context.sealer, submission, Event.TAKEN, Cause.AGENCY, context.now())


def events(context: Context, filed: Filed) -> list[str]:
    with context.database.session() as session:
        return [row.event for row in events_of(session, filed.id)]


def last_detail(context: Context, filed: Filed, event: str) -> dict[str, object]:
    with context.database.session() as session:
        rows = [row for row in events_of(session, filed.id) if row.event == event]
        return detail_of(context.sealer, rows[-1])


def row_of(context: Context, filed: Filed) -> Submission:
    with context.database.session() as session:
        found = session.get_one(Submission, filed.id)
        session.expunge_all()
        return found


def trail(context: Context, name: str | None = None) -> list[tuple[str, str | None]]:
    """The rows of the trail by name and who did it, oldest first."""
    chosen = select(AuditEvent.name, AuditEvent.actor_id).order_by(AuditEvent.id)
    with context.database.session() as session:
        return [
            (row.name, row.actor_id)
            for row in session.execute(chosen)
            if name is None or row.name == name
        ]


def answers(number: int = 4, **changed: str) -> dict[str, str]:
    """A whole decision as the form sends it: 120 granted, 60 in part, 75 denied, the ground denied."""
    outcomes = ["granted", "partly", "denied", "denied"][:number]
    amounts = ["", "45.00", "", ""][:number]
    fields = {"paragraphs": "Please keep your pay stubs."}
    for index, (outcome, amount) in enumerate(zip(outcomes, amounts, strict=True)):
        fields[f"lines-{index}-outcome"] = outcome
        fields[f"lines-{index}-amount"] = amount
        fields[f"lines-{index}-reason"] = f"Reason {index + 1}."
    return fields | changed
