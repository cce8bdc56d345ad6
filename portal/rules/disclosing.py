"""The disclosure table applied: pure functions from what there is to what a viewer is shown.

Each asks `portal.rules.disclosure.TABLE` and nothing else. Money is dollars, dates are
agency-local. An empty answer means "not shown", never "there is none".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from portal.rules.disclosure import Datum, Medium, Shown, Viewer, shown
from portal.rules.money import ZERO
from portal.rules.vocabulary import (
    AllocationCategory,
    ChargeReason,
    DisbursementStatus,
    EnforcementKind,
    EnforcementStatus,
    Method,
    Payee,
    Source,
)


class SourceKind(StrEnum):
    """The kind of a payment's source, as the custodial parent is told."""

    EMPLOYER = "employer"
    OTHER_PARENT = "other_parent"
    FEDERAL_TAX_REFUND = "federal_tax_refund"
    ENFORCEMENT_OR_OTHER = "enforcement_or_other"


_KINDS = {
    Source.INCOME_WITHHOLDING: SourceKind.EMPLOYER,
    Source.PAID_ONLINE: SourceKind.OTHER_PARENT,
    Source.CHECK_OR_MONEY_ORDER: SourceKind.OTHER_PARENT,
    Source.CASH: SourceKind.OTHER_PARENT,
    Source.FEDERAL_TAX_OFFSET: SourceKind.FEDERAL_TAX_REFUND,
}
_NOT_SENT = frozenset(
    {DisbursementStatus.VOID, DisbursementStatus.STOPPED, DisbursementStatus.RETURNED}
)


def payment_viewer(viewer: Viewer, *, own: bool) -> Viewer:
    """As whom a payment is looked at: a payor sees another payor's as a custodial parent does."""
    return Viewer.CUSTODIAL if viewer is Viewer.PAYOR and not own else viewer


def source_shown(source: Source, viewer: Viewer, medium: Medium) -> Source | SourceKind | None:
    """Where a payment came from: the source, its kind, or nothing (IRC 6103(l)(6))."""
    rule = shown(Datum.PAYMENT_SOURCE, viewer)
    if rule is Shown.YES:
        return source
    if rule is not Shown.KIND:
        return None
    kind = _KINDS.get(source, SourceKind.ENFORCEMENT_OR_OTHER)
    return kind if medium is Medium.PAGE else copied(kind)


def copied(kind: SourceKind) -> SourceKind:
    """The kind as a copy may say it."""
    refund = kind is SourceKind.FEDERAL_TAX_REFUND
    return SourceKind.ENFORCEMENT_OR_OTHER if refund else kind


def whole_amount_shown(amount: Decimal, viewer: Viewer) -> Decimal | None:
    """The whole of a payment, where it is shown."""
    rule = shown(Datum.PAYMENT_AMOUNT, viewer)
    return amount if rule is Shown.WHOLE_AND_OWN_PARTS else None


def allocations_shown(
    parts: Mapping[AllocationCategory, Decimal], viewer: Viewer
) -> dict[AllocationCategory, Decimal]:
    """How the part on this case was applied, in the vocabulary's order."""
    hide_refund = shown(Datum.REFUND, viewer) is Shown.NEVER
    return {
        category: parts[category]
        for category in AllocationCategory
        if category in parts and not (hide_refund and category is AllocationCategory.REFUND)
    }


def part_shown(parts: Mapping[AllocationCategory, Decimal], viewer: Viewer) -> Decimal:
    """The part of a payment on this case: the sum of `allocations_shown`."""
    return sum(allocations_shown(parts, viewer).values(), ZERO)


def withheld_on_shown(withheld_on: date | None, viewer: Viewer) -> date | None:
    """The day the employer took it from the pay."""
    return withheld_on if shown(Datum.WITHHELD_ON, viewer) is Shown.YES else None


def payer_name_shown(name: str | None, viewer: Viewer) -> str | None:
    """The employer or agency that sent it."""
    return name if shown(Datum.PAYER_NAME, viewer) is Shown.YES else None


def reference_shown(reference: str | None, viewer: Viewer) -> str | None:
    """The sender's reference: only its last four signs, and none of a shorter one."""
    if not reference or shown(Datum.PAYMENT_REFERENCE, viewer) is not Shown.MASKED:
        return None
    return "••••" + (reference[-4:] if len(reference) > 6 else "")


def lines_shown(viewer: Viewer) -> bool:
    """Whether single charges and the balances after them are shown, not only totals."""
    return shown(Datum.CHARGES, viewer) is Shown.YES and shown(Datum.BALANCES, viewer) is Shown.YES


def reason_shown(reason: ChargeReason | None, viewer: Viewer) -> ChargeReason | None:
    """Why a balance was changed by hand: the coded reason, never a worker's words."""
    return reason if shown(Datum.WORKERS_WORDS, viewer) is Shown.CODED_REASON else None


class Disbursed(Protocol):
    """What is asked of a disbursement."""

    @property
    def payee(self) -> Payee: ...
    @property
    def payee_id(self) -> str | None: ...
    @property
    def issued_on(self) -> date: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def method(self) -> Method: ...
    @property
    def status(self) -> DisbursementStatus: ...
    @property
    def status_on(self) -> date: ...
    @property
    def disbursement_id(self) -> str: ...
    @property
    def replaces(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Replaced:
    """Money sent to oneself that was sent again: how, when, and what had become of it."""

    issued_on: date
    method: Method
    status: DisbursementStatus


@dataclass(frozen=True, slots=True)
class Sending:
    """Money sent on, as far as it is shown: what is None is not told."""

    issued_on: date
    amount: Decimal | None = None
    payee: Payee | None = None
    to_oneself: bool = False
    method: Method | None = None
    status: DisbursementStatus | None = None
    status_on: date | None = None
    replaces: Replaced | None = None
    """What it was issued for again, where that went to oneself too."""
    was_reissued: bool = False
    """Whether it was sent to oneself again since."""
    is_told_before: bool = False
    """Of money sent to others: whether another sending that is shown tells of the same money."""

    @property
    def is_reissue(self) -> bool:
        """Whether the same money is told of in another sending, which is the one to count."""
        return self.replaces is not None or self.is_told_before


def is_to_oneself(row: Disbursed, me: str, payor_id: str) -> bool:
    """Whether the money went to the viewer; a refund that names nobody goes to its payor."""
    if row.payee_id is not None:
        return row.payee_id == me
    return row.payee is Payee.PAYOR and payor_id == me


def sendings_shown(
    rows: Sequence[Disbursed], *, me: str, payor_id: str, viewer: Viewer | None
) -> tuple[Sending, ...]:
    """A payment's disbursements as shown, by day; `viewer` is None where no role holds.

    What went to oneself always shows.
    """
    found: list[Sending] = []
    first_days: list[date] = []
    own = {row.disbursement_id: row for row in rows if is_to_oneself(row, me, payor_id)}
    for row in rows:
        rule = _sending_rule(row.payee, viewer)
        if is_to_oneself(row, me, payor_id):
            found.append(_in_full(row, own))
        elif rule is Shown.AMOUNT_AND_DAY and row.status not in _NOT_SENT:
            again = _is_told_before(row, rows, own)
            found.append(Sending(row.issued_on, row.amount, row.payee, is_told_before=again))
        elif rule is Shown.FIRST_DAY:
            first_days.append(row.issued_on)
        elif rule is Shown.DAYS:
            found.append(Sending(row.issued_on))
    if first_days:
        found.append(Sending(min(first_days)))
    if viewer is Viewer.STATEMENT:
        found = list(dict.fromkeys(found))
    return tuple(sorted(found, key=_order))


def all_is_told(
    rows: Sequence[Disbursed], *, me: str, payor_id: str, viewer: Viewer | None, refund: Decimal
) -> bool:
    """Whether a payment's disbursements went nowhere that the viewer is not told of.

    Of what is never shown to a payee: what went to another of the family, what did not arrive at
    the state and was not sent there again, and of what went back to the payor more than `refund`,
    which was taken off before. A payor is told the day on which money was first sent on, to
    whomever. The answer must stand for nothing but silence.
    """
    if viewer is not Viewer.CUSTODIAL:
        return viewer is Viewer.PAYOR
    sent_again = {row.replaces for row in rows}
    returned = ZERO
    for row in rows:
        if is_to_oneself(row, me, payor_id):
            continue
        if row.payee is Payee.FAMILY:
            return False
        if row.status in _NOT_SENT and row.disbursement_id not in sent_again:
            return False
        if row.payee is Payee.PAYOR and row.disbursement_id not in sent_again:
            returned += row.amount
    return returned <= refund


def _is_told_before(
    row: Disbursed, rows: Sequence[Disbursed], own: Mapping[str, Disbursed]
) -> bool:
    if any(it.replaces == row.disbursement_id for it in own.values()):
        return True
    old = next((it for it in rows if it.disbursement_id == row.replaces), None)
    if old is None:
        return False
    return old.disbursement_id in own or (
        old.payee not in (Payee.FAMILY, Payee.PAYOR) and old.status not in _NOT_SENT
    )


def _sending_rule(payee: Payee, viewer: Viewer | None) -> Shown:
    if viewer is None:
        return Shown.NEVER
    datum = {Payee.PAYOR: Datum.REFUND, Payee.FAMILY: Datum.SENT_TO_FAMILY}.get(payee)
    return shown(datum or Datum.SENT_TO_OTHERS, viewer)


def _in_full(row: Disbursed, own: Mapping[str, Disbursed]) -> Sending:
    """All of it. Of what it replaces, or was replaced by, nothing that went to somebody else."""
    old = own.get(row.replaces or "")
    return Sending(
        row.issued_on,
        row.amount,
        row.payee,
        True,
        row.method,
        row.status,
        row.status_on,
        Replaced(old.issued_on, old.method, old.status) if old is not None else None,
        any(it.replaces == row.disbursement_id for it in own.values()),
    )


def _order(sending: Sending) -> tuple[date, date, str, str, Decimal]:
    # By what is shown alone: an order by id would tell of rows that are not.
    status = sending.status or ""
    return (
        sending.issued_on,
        sending.status_on or date.min,
        sending.payee or "",
        status,
        sending.amount or ZERO,
    )


class Enforced(Protocol):
    """What is asked of an enforcement action."""

    @property
    def kind(self) -> EnforcementKind: ...
    @property
    def status(self) -> EnforcementStatus: ...
    @property
    def started_on(self) -> date: ...
    @property
    def ended_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Action:
    """An enforcement action as shown; without a kind it is a *collection action*."""

    started_on: date
    kind: EnforcementKind | None = None
    status: EnforcementStatus | None = None
    ended_on: date | None = None


def action_shown(row: Enforced, viewer: Viewer) -> Action | None:
    """An enforcement action as shown: grouped, it is nothing but its date."""
    rule = shown(Datum.ENFORCEMENT, viewer)
    if rule is Shown.WITHOUT_REASON:
        return Action(row.started_on, row.kind, row.status, row.ended_on)
    return Action(row.started_on) if rule is Shown.GROUPED else None


def actions_in_order(actions: Iterable[Action | None]) -> tuple[Action, ...]:
    """The newest first; what looks the same is one, so that nothing can be counted."""
    distinct = dict.fromkeys(action for action in actions if action is not None)
    return tuple(
        sorted(
            distinct,
            key=lambda action: (action.started_on, action.kind or "", action.status or ""),
            reverse=True,
        )
    )
