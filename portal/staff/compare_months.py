"""What a parent claims, line by line against the record, with the difference in dollars.

A claim is set beside a payment of the record of about that day: the one of the same amount, else
the nearest that came the same way. That is a proposal for the worker's eye and nothing more: both
days and both amounts are shown. What one parent gave the other never came through the agency, and
nothing is set beside it. The record is read as the sender may see it; payments that were reversed
count for nothing in the sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.ledger.balances import ledger_sections
from portal.ledger.case_view import CaseView
from portal.ledger.lines import LineKind, Section
from portal.ledger.months import CURRENT
from portal.ledger.payments import Payment, payments_shown
from portal.requests.came_as import CAME_AS
from portal.requests.file_review import SaidPayment
from portal.requests.grounds import HowPaid
from portal.rules.calendar import end_of_month, first_of_month, months, months_before
from portal.rules.disclosing import SourceKind
from portal.rules.house_figures import Comparing
from portal.rules.money import ZERO
from portal.rules.vocabulary import Source


class Match(StrEnum):
    """How a claim stands against the record."""

    SAME = "same"
    OTHER_AMOUNT = "other_amount"
    REVERSED = "reversed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class RecordPayment:
    """A payment of the record. `amount` is the whole of it where the sender may see that, else
    its parts on the request's cases."""

    received_on: date
    withheld_on: date | None
    amount: Decimal
    parts: tuple[tuple[str, Decimal], ...]
    """By case number."""
    source: Source | SourceKind | None
    reversed_on: date | None

    @property
    def on_these_cases(self) -> Decimal:
        """What of it reached the cases of the request."""
        return sum((part for _case, part in self.parts), ZERO)

    def days_from(self, day: date) -> int:
        """Days from the nearer of its days: withheld or received."""
        own = [it for it in (self.received_on, self.withheld_on) if it is not None]
        return min(abs((it - day).days) for it in own)


@dataclass(frozen=True, slots=True)
class ClaimCompared:
    """A claimed payment and what the record may have for it."""

    said: SaidPayment
    payment: RecordPayment | None

    @property
    def recorded(self) -> Decimal:
        """What the record has for it, in dollars; nothing for a reversed payment."""
        if self.payment is None or self.payment.reversed_on is not None:
            return ZERO
        on_these = self.payment.on_these_cases
        return on_these if on_these == self.said.amount else self.payment.amount

    @property
    def difference(self) -> Decimal:
        """Claimed less recorded, in dollars."""
        return self.said.amount - self.recorded

    @property
    def match(self) -> Match:
        """How it stands."""
        if self.payment is None:
            return Match.MISSING
        if self.payment.reversed_on is not None:
            return Match.REVERSED
        return Match.SAME if self.difference == ZERO else Match.OTHER_AMOUNT


@dataclass(frozen=True, slots=True)
class MonthInDispute:
    """A month on the request's cases, in dollars."""

    first: date
    due: Decimal
    received: Decimal
    said: Decimal
    """Claimed to have been paid in it."""
    difference: Decimal
    """What of those claims the record has not."""
    owed_after: Decimal
    """The ledger's sum at the month's end."""
    payments: tuple[RecordPayment, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The months in dispute and the claims, with their sums."""

    claims: tuple[ClaimCompared, ...]
    months: tuple[MonthInDispute, ...]

    @property
    def said(self) -> Decimal:
        """All that is claimed."""
        return sum((claim.said.amount for claim in self.claims), ZERO)

    @property
    def recorded(self) -> Decimal:
        """What the record has for the claims."""
        return sum((claim.recorded for claim in self.claims), ZERO)

    @property
    def difference(self) -> Decimal:
        """Claimed less recorded."""
        return self.said - self.recorded


def compare_months(
    session: Session,
    views: Sequence[CaseView],
    said: Sequence[SaidPayment],
    sent_on: date,
    figures: Comparing,
    disputed: Iterable[date] = (),
) -> Comparison:
    """Set the claims against the record of the sender's cases.

    The months are those of the claims, of what is set beside them, and of the days of what is
    disputed; without any the last few up to `sent_on` (agency-local).
    """
    payments = _payments(session, views)
    claims = match_claims(said, payments, figures)
    ledgers = [ledger_sections(session, view) for view in views]
    in_dispute = _months_of(claims, disputed) or last_months(sent_on, figures)
    return Comparison(
        claims, tuple(_month(first, ledgers, payments, claims) for first in in_dispute)
    )


def match_claims(
    said: Sequence[SaidPayment], payments: Sequence[RecordPayment], figures: Comparing
) -> tuple[ClaimCompared, ...]:
    """Each claim with the payment set beside it; no payment stands beside two claims."""
    free = list(payments)
    found: dict[int, RecordPayment] = {}
    for same in (True, False):  # equal amounts choose first
        for index, claim in enumerate(said):
            if index in found or claim.how is HowPaid.TO_OTHER_PARENT:
                continue
            near = [
                it
                for it in free
                if it.days_from(claim.on) <= figures.claim_days
                and (_is_same(claim, it) if same else _came_as_said(claim, it))
            ]
            if near:
                chosen = min(near, key=lambda it: (_rank(it), it.days_from(claim.on)))
                found[index] = chosen
                free.remove(chosen)
    return tuple(ClaimCompared(claim, found.get(index)) for index, claim in enumerate(said))


def _is_same(claim: SaidPayment, payment: RecordPayment) -> bool:
    return claim.amount in (payment.amount, payment.on_these_cases)


def _came_as_said(claim: SaidPayment, payment: RecordPayment) -> bool:
    return claim.how not in CAME_AS or payment.source in CAME_AS[claim.how]


def _rank(payment: RecordPayment) -> bool:
    """Payments that stand before those that were reversed."""
    return payment.reversed_on is not None


def _payments(session: Session, views: Iterable[CaseView]) -> tuple[RecordPayment, ...]:
    by_id: dict[str, list[tuple[str, Payment]]] = {}
    for view in views:
        for payment in payments_shown(session, view):
            if payment.received_on is not None:
                by_id.setdefault(payment.payment_id, []).append((view.case_id, payment))
    found = [_one(shown) for shown in by_id.values()]
    return tuple(sorted(found, key=lambda it: (it.received_on, it.amount, it.parts)))


def _one(shown: Sequence[tuple[str, Payment]]) -> RecordPayment:
    """A payment once, with its part on each of the cases."""
    first = shown[0][1]
    parts = tuple((case_id, payment.part) for case_id, payment in shown)
    assert first.received_on is not None
    return RecordPayment(
        received_on=first.received_on,
        withheld_on=first.withheld_on,
        amount=first.whole if first.whole is not None else sum((it for _, it in parts), ZERO),
        parts=parts,
        source=first.copied_source,
        reversed_on=first.reversed_on,
    )


def _months_of(claims: Sequence[ClaimCompared], disputed: Iterable[date]) -> list[date]:
    days = [*disputed, *(claim.said.on for claim in claims)]
    days += [claim.payment.received_on for claim in claims if claim.payment is not None]
    return sorted({first_of_month(day) for day in days})


def last_months(sent_on: date, figures: Comparing) -> list[date]:
    """The first days of the last few months up to the day a request was sent."""
    return list(months(months_before(sent_on, figures.months_without_claim - 1), sent_on))


def _month(
    first: date,
    ledgers: Sequence[Sequence[Section]],
    payments: Sequence[RecordPayment],
    claims: Sequence[ClaimCompared],
) -> MonthInDispute:
    last = end_of_month(first)
    due = [
        line.entry.amount
        for sections in ledgers
        for section in sections
        for line in section.lines
        if first <= line.entry.on <= last
        and line.entry.kind is LineKind.CHARGE
        and line.entry.category in CURRENT
    ]
    mine = [it for it in claims if first <= it.said.on <= last]
    received = tuple(it for it in payments if first <= it.received_on <= last)
    return MonthInDispute(
        first=first,
        due=sum(due, ZERO),
        received=sum((it.on_these_cases for it in received if it.reversed_on is None), ZERO),
        said=sum((it.said.amount for it in mine), ZERO),
        difference=sum((it.difference for it in mine), ZERO),
        owed_after=sum((_owed_after(sections, last) for sections in ledgers), ZERO),
        payments=received,
    )


def _owed_after(sections: Sequence[Section], last: date) -> Decimal:
    """What the ledger of a case comes to at the end of a day; nothing before it opens."""
    owed = ZERO
    for section in sections:
        if section.opens_on <= last:
            lines = [line.owed for line in section.lines if line.entry.on <= last]
            owed = lines[-1] if lines else section.owed_at_opening
    return owed
