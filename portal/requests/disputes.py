"""What of the record a parent does not agree with: a line of the ledger, a payment, or a month.

A request names rows of the record by key and keeps a copy of what was shown of them, so that no
later extract changes what was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from portal.ledger.explained import Explained
from portal.ledger.lines import Entry, LineKind
from portal.ledger.payments import Payment
from portal.requests.grounds import Ground, grounds_for
from portal.rules.vocabulary import Category


class Subject(StrEnum):
    """What it is that is disputed."""

    CHARGE = "charge"
    ADJUSTMENT = "adjustment"
    CARRIED_OVER = "carried_over"
    APPLIED = "applied"
    TAKEN_BACK = "taken_back"
    PAYMENT = "payment"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Dispute:
    """One thing that is disputed, as it was shown.

    `on` is its agency-local day, of a month the first; `amount` is dollars: of a line what it
    moved, of a payment its part on the case, of a month by how much what is owed rose.
    """

    case_id: str
    subject: Subject
    key: str
    """The row of the record (`charge_id`, or `payment_id`), or the month as YYYY-MM."""
    on: date
    amount: Decimal
    category: Category | None = None
    sent: Decimal | None = None
    """Of a payment what the record says was sent to the parent, in dollars, where they miss money
    of that: the rest can have gone elsewhere. None where nothing is said of that."""
    got: Decimal | None = None
    """Of a payment what reached the parent, in dollars, where a part of it did; None where nothing
    is said of that."""

    def as_json(self) -> dict[str, str]:
        """As a draft keeps it and the export hands it on."""
        names = {Subject.MONTH: "month", Subject.CHARGE: "charge_id"}
        names |= {Subject.ADJUSTMENT: "charge_id", Subject.CARRIED_OVER: "charge_id"}
        told = {
            "case": self.case_id,
            "what": self.subject.value,
            names.get(self.subject, "payment_id"): self.key,
            "date": self.on.isoformat(),
            "amount": f"{self.amount:.2f}",
        }
        arrived = {
            name: f"{amount:.2f}"
            for name, amount in (("sent", self.sent), ("got", self.got))
            if amount is not None
        }
        return told | ({"category": self.category.value} if self.category else {}) | arrived

    @property
    def identity(self) -> tuple[str, Subject, str, Category | None]:
        """What makes two disputes the same one."""
        return self.case_id, self.subject, self.key, self.category


_LINES: Mapping[LineKind, Subject] = MappingProxyType(
    {
        LineKind.CHARGE: Subject.CHARGE,
        LineKind.ADJUSTMENT: Subject.ADJUSTMENT,
        LineKind.OPENING: Subject.CARRIED_OVER,
        LineKind.PAYMENT: Subject.APPLIED,
        LineKind.REVERSAL: Subject.TAKEN_BACK,
    }
)
_ORDERED = frozenset(
    {Category.CURRENT_SUPPORT, Category.ARREARS, Category.MEDICAL, Category.ALIMONY}
)


def dispute_of_line(case_id: str, entry: Entry) -> Dispute:
    """A line of the ledger as what is disputed."""
    key = entry.charge_id if entry.charge_id is not None else entry.payment_id
    assert key is not None, "every entry names its row"
    subject = _LINES[entry.kind]
    return Dispute(case_id, subject, key, entry.on, abs(entry.amount)
                   if subject in (Subject.APPLIED, Subject.TAKEN_BACK) else entry.amount,
                   entry.category)  # fmt: skip


def dispute_of_payment(
    case_id: str, payment: Payment, *, sent: Decimal | None = None, got: Decimal | None = None
) -> Dispute:
    """A payment as what is disputed."""
    return Dispute(
        case_id, Subject.PAYMENT, payment.payment_id, payment.on, payment.part, sent=sent, got=got
    )


def dispute_of_month(case_id: str, shown: Explained, first: date) -> Dispute | None:
    """A month as what is disputed; None for one that is not shown."""
    months = shown.in_month(first)
    if not months:
        return None
    change = sum((month.change for month in months), Decimal("0.00"))
    return Dispute(case_id, Subject.MONTH, f"{first:%Y-%m}", first, change)


def disputes_from(rows: Iterable[Mapping[str, str]]) -> tuple[Dispute, ...]:
    """The disputes of a draft or of a request's fields."""
    return tuple(
        Dispute(
            row["case"],
            Subject(row["what"]),
            row.get("charge_id") or row.get("payment_id") or row["month"],
            date.fromisoformat(row["date"]),
            Decimal(row["amount"]),
            Category(row["category"]) if "category" in row else None,
            sent=Decimal(row["sent"]) if "sent" in row else None,
            got=Decimal(row["got"]) if "got" in row else None,
        )
        for row in rows
    )


def with_dispute(rows: Sequence[Mapping[str, Any]], new: Dispute) -> list[dict[str, Any]]:
    """The rows of a draft with one more, the last; once only."""
    same = {dispute.identity for dispute in disputes_from(rows)}
    kept = [dict(row) for row in rows]
    return kept if new.identity in same else [*kept, new.as_json()]


def without_dispute(rows: Sequence[Mapping[str, Any]], number: int) -> list[dict[str, Any]]:
    """The rows of a draft without the one at that place, counted from 0."""
    return [dict(row) for place, row in enumerate(rows) if place != number]


def proposed_grounds(dispute: Dispute, *, is_payor: bool) -> tuple[Ground, ...]:
    """The grounds that fit what is disputed, of those that the person may choose."""
    fitting = _fitting(dispute, is_payor=is_payor)
    return tuple(ground for ground in grounds_for(is_payor=is_payor) if ground in fitting)


def grounds_stood_for(dispute: Dispute, chosen: Iterable[Ground]) -> frozenset[Ground]:
    """Of the grounds that were chosen, those that were proposed for the dispute: who answers it
    has answered them.

    Read from the request alone: what a payor was proposed first, else what the other parent was.
    """
    among = frozenset(chosen)
    as_payor = _fitting(dispute, is_payor=True) & among
    return as_payor or _fitting(dispute, is_payor=False) & among


def _fitting(dispute: Dispute, *, is_payor: bool) -> frozenset[Ground]:
    if dispute.subject is Subject.CHARGE and dispute.category in _ORDERED:
        return frozenset({Ground.ORDER_CHANGED_OR_ENDED, Ground.AMOUNT_WRONG})
    if dispute.subject in (Subject.PAYMENT, Subject.APPLIED):
        return frozenset({Ground.SENT_ON_WRONGLY, Ground.PAYMENTS_NOT_RECEIVED})
    if dispute.subject is Subject.TAKEN_BACK and is_payor:
        return frozenset({Ground.PAYMENTS_NOT_CREDITED})
    return frozenset({Ground.AMOUNT_WRONG})
