"""What a worker has written of a decision and its letter, and not sent: kept as typed (CON-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import StaffMember
from portal.audit.trail import record_event
from portal.requests.disputes import Dispute, disputes_from, grounds_stood_for
from portal.requests.file_review import SaidPayment, payments_from
from portal.requests.grounds import Ground
from portal.requests.models import Submission
from portal.requests.sealed import FIELDS, open_json, seal_json
from portal.rules.transitions import Event
from portal.security.sealing import Sealer
from portal.staff.models import DecisionDraft
from portal.staff.steps import begin_step

DATA = "decision_drafts.data"
"""The place that a draft is sealed for."""
OF_PAYMENTS = frozenset(
    {Ground.PAYMENTS_NOT_CREDITED, Ground.PAID_DIRECTLY, Ground.PAYMENTS_NOT_RECEIVED}
)
"""Grounds that the claimed payments stand for, where there are any."""
MOST_REASON, MOST_PARAGRAPHS, MOST_AMOUNT = 1000, 6000, 20


class LineOutcome(StrEnum):
    """The answer to one disputed line."""

    GRANTED = "granted"
    PARTLY = "partly"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class DisputedLine:
    """A claimed payment, something of the record that is disputed, or a ground that none of them
    stands for."""

    key: str
    ground: Ground | None = None
    payment: SaidPayment | None = None
    dispute: Dispute | None = None
    on_case: str | None = None
    """Of a dispute its case, where the request is about several."""

    @property
    def claimed(self) -> Decimal | None:
        """Dollars that are said to have been paid; None for anything but a payment."""
        return self.payment.amount if self.payment else None


@dataclass(frozen=True, slots=True)
class TypedLine:
    """The answer to a line as it was typed, complete or not."""

    outcome: str = ""
    amount: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TypedDecision:
    """A decision as it was typed: lines in the order of `disputed_lines`, the letter's words."""

    lines: tuple[TypedLine, ...]
    paragraphs: str = ""


@dataclass(frozen=True, slots=True)
class SavedDecision:
    """A draft with who saved it last, and when. `version` is 0 where nothing was saved."""

    typed: TypedDecision
    version: int = 0
    saved_by: str = ""
    saved_at: datetime | None = None


class StaleDraft(Exception):
    """Somebody saved the draft after this form was made (CON-2)."""


def disputed_lines(sealer: Sealer, submission: Submission) -> tuple[DisputedLine, ...]:
    """What a review asks to be decided, one by one; never changes once it was sent."""
    fields = open_json(sealer, submission.fields, FIELDS, submission.id)
    said = payments_from(fields["payments"])
    disputes = disputes_from(fields.get("disputes", []))
    several = len(submission.cases) > 1
    lines = [
        DisputedLine(f"payment-{number}", payment=payment)
        for number, payment in enumerate(said, start=1)
    ]
    lines += [
        DisputedLine(f"dispute-{number}", dispute=it, on_case=it.case_id if several else None)
        for number, it in enumerate(disputes, start=1)
    ]
    chosen = [Ground(word) for word in fields["grounds"]]
    stood_for = {ground for it in disputes for ground in grounds_stood_for(it, chosen)}
    stood_for |= OF_PAYMENTS if said else frozenset()
    lines += [
        DisputedLine(f"ground-{ground.value}", ground=ground)
        for ground in chosen
        if ground not in stood_for
    ]
    return tuple(lines)


def amount_of(text: str) -> Decimal | None:
    """Dollars from what was typed, such as ``1,234.50``; None where it is none."""
    plain = "".join(sign for sign in text if sign not in " $,")
    try:
        amount = Decimal(plain)
        if not amount.is_finite() or amount != amount.quantize(Decimal("0.01")):
            return None
    except InvalidOperation:
        return None
    return amount.quantize(Decimal("0.01")) if 0 < amount < Decimal(10_000_000) else None


def read_decision(session: Session, sealer: Sealer, submission: Submission) -> SavedDecision:
    """The draft as saved last; empty lines where there is none."""
    empty = tuple(TypedLine() for _line in disputed_lines(sealer, submission))
    found = session.execute(
        select(DecisionDraft, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.account_id == DecisionDraft.saved_by)
        .where(DecisionDraft.id == submission.id)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        return SavedDecision(TypedDecision(empty))
    draft, name = found
    data = open_json(sealer, draft.data, DATA, draft.id)
    lines = tuple(_line_from(row) for row in data["lines"])
    typed = TypedDecision((lines + empty)[: len(empty)], data["paragraphs"])
    return SavedDecision(typed, draft.version, name or "", draft.saved_at)


def save_decision(
    session: Session,
    sealer: Sealer,
    worker: Account,
    number: str,
    draft_version: int,
    typed: TypedDecision,
    now: datetime,
) -> int:
    """Save what was typed; returns the draft's new version.

    Raises what `portal.staff.steps.begin_step` raises, and `StaleDraft`.
    """
    submission = begin_step(session, worker, number, None, Event.DENIED)
    draft = session.get(DecisionDraft, submission.id, with_for_update=True, populate_existing=True)
    if draft_version != (draft.version if draft else 0):
        raise StaleDraft(number)
    data: dict[str, Any] = {
        "lines": [asdict(line) for line in typed.lines],
        "paragraphs": typed.paragraphs,
    }
    if draft is None:
        draft = DecisionDraft(id=submission.id, version=0)
        session.add(draft)
    draft.version += 1
    draft.data = seal_json(sealer, data, DATA, submission.id)
    draft.saved_by, draft.saved_at = worker.id, now
    session.flush()
    record_event(session, "request:decision:drafted", now=now, actor_id=worker.id,
                 subject=("request", submission.id),
                 detail={"draft": draft.version})  # fmt: skip
    return draft.version


def _line_from(row: Mapping[str, str]) -> TypedLine:
    return TypedLine(row["outcome"], row["amount"], row["reason"])
