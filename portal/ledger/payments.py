"""The payments of a case as one member may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.record.read_payments import Parts, PaymentRow, parts_elsewhere, read_payments
from portal.rules import disclosing
from portal.rules.disclosing import Sending, SourceKind
from portal.rules.disclosure import Datum, Medium, Shown, Viewer, shown
from portal.rules.money import ZERO
from portal.rules.spans import viewer_on
from portal.rules.vocabulary import AllocationCategory, Payee, Source
from portal.security.opaque import OpaqueIds


class PaymentStatus(StrEnum):
    """How far a payment has come, as the viewer may know it."""

    RECEIVED = "received"
    HELD = "held"
    SENT = "sent"
    OUTSTANDING = "outstanding"
    CASHED = "cashed"
    RETURNED = "returned"
    STOPPED = "stopped"
    STALE = "stale"
    VOID = "void"
    REFUNDED = "refunded"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as shown; what is None or empty is not told."""

    payment_id: str
    """For `payment_token` alone."""
    on: date
    """The day it is listed under: received, or first sent where only that shows."""
    received_on: date | None
    withheld_on: date | None
    whole: Decimal | None
    part: Decimal
    """What came in for this case."""
    elsewhere: tuple[tuple[str, Decimal], ...]
    """A payor's parts on their other cases, by case number."""
    source: Source | SourceKind | None
    copied_source: Source | SourceKind | None
    """The source as CSV, print and every other copy may say it."""
    payer_name: str | None
    reference: str | None
    applied: Mapping[AllocationCategory, Decimal]
    sendings: tuple[Sending, ...]
    reversed_on: date | None
    status: PaymentStatus
    is_all_told: bool = False
    """Whether nothing of it can have gone where the viewer is not told. Where it can, nothing may
    be made of what the viewer does not see."""

    @property
    def received_in(self) -> Decimal:
        """What of the part stays on the case: without what goes back, nothing once reversed."""
        if self.reversed_on is not None:
            return ZERO
        return self.part - self.applied.get(AllocationCategory.REFUND, ZERO)

    @property
    def sent_on(self) -> date | None:
        """The first day money went on, to whomever it is told of."""
        days = [sent.issued_on for sent in self.sendings if sent.payee is not Payee.PAYOR]
        return min(days, default=None)


def payment_rows(session: Session, view: CaseView) -> Mapping[str, PaymentRow]:
    """What the shown payments and the ledger are made from: not to be shown as they are.

    They are the most that there is to read of a case, so a view reads them once.
    """
    if view.case_id not in view.kept:
        view.kept[view.case_id] = read_payments(
            session,
            view.case_id,
            view.opens_on,
            me=view.participant_id,
            sent_since=view.history_from,
        )
    return view.kept[view.case_id]


def payments_shown(session: Session, view: CaseView) -> tuple[Payment, ...]:
    """Four years of payments, the newest first, in an order made of what is shown alone."""
    rows = payment_rows(session, view)
    elsewhere = _elsewhere(session, view)
    found = (_shown(row, view, elsewhere.get(row.payment_id, {})) for row in rows.values())
    payments = [payment for payment in found if payment is not None]
    return tuple(sorted(payments, key=_order, reverse=True))


def payment_token(opaque: OpaqueIds, view: CaseView, payment: Payment) -> str:
    """The payment in an address: its own on each case."""
    return opaque.hide("payment", payment.payment_id, within=view.case_id)


def find_payment(
    opaque: OpaqueIds, view: CaseView, payments: Iterable[Payment], token: str
) -> Payment | None:
    """The shown payment behind an address's token; None for one that is not shown."""
    key = opaque.reveal("payment", token, within=view.case_id)
    return next((it for it in payments if it.payment_id == key), None)


def _elsewhere(session: Session, view: CaseView) -> Mapping[str, Mapping[str, Parts]]:
    """Parts on the payor's own other cases; nobody else's are ever read."""
    if shown(Datum.OTHER_HOUSEHOLDS, Viewer.PAYOR) is not Shown.YES:
        return {}
    if all(held.viewer is not Viewer.PAYOR for held in view.memberships):
        return {}
    others = {
        case_id
        for case_id, roles in view.mine.items()
        if case_id != view.case_id and any(held.viewer is Viewer.PAYOR for held in roles)
    }
    return parts_elsewhere(session, view.case_id, view.opens_on, others)


def _shown(row: PaymentRow, view: CaseView, elsewhere: Mapping[str, Parts]) -> Payment | None:
    role = view.viewer_on(row.received_on)
    viewer = role and disclosing.payment_viewer(role, own=row.payor_id == view.participant_id)
    sendings = disclosing.sendings_shown(
        [sent for sent in row.disbursements if sent.issued_on >= view.history_from],
        me=view.participant_id,
        payor_id=row.payor_id,
        viewer=viewer,
    )
    if viewer is None:
        return _only_sent(row, sendings)
    applied = disclosing.allocations_shown(row.parts, viewer)
    is_all_told = disclosing.all_is_told(
        row.disbursements,
        me=view.participant_id,
        payor_id=row.payor_id,
        viewer=viewer,
        refund=row.parts.get(AllocationCategory.REFUND, ZERO),
    )
    if not applied and not sendings:
        return None
    return Payment(
        payment_id=row.payment_id,
        on=row.received_on,
        received_on=row.received_on,
        withheld_on=disclosing.withheld_on_shown(row.withheld_on, viewer),
        whole=disclosing.whole_amount_shown(row.amount, viewer),
        part=disclosing.part_shown(row.parts, viewer),
        elsewhere=_parts_of_own(row, view, elsewhere) if viewer is Viewer.PAYOR else (),
        source=disclosing.source_shown(row.source, viewer, Medium.PAGE),
        copied_source=disclosing.source_shown(row.source, viewer, Medium.COPY),
        payer_name=disclosing.payer_name_shown(row.payer_name, viewer),
        reference=disclosing.reference_shown(row.reference, viewer),
        applied=applied,
        sendings=sendings,
        reversed_on=row.reversed_on,
        status=_status(row.reversed_on, applied, sendings),
        is_all_told=is_all_told and (viewer is Viewer.PAYOR or view.row.receivers == 1),
    )


def _only_sent(row: PaymentRow, sendings: tuple[Sending, ...]) -> Payment | None:
    """A payment outside the role's days: only what of it went to oneself."""
    if not sendings:
        return None
    return Payment(
        payment_id=row.payment_id,
        on=sendings[0].issued_on,
        received_on=None,
        withheld_on=None,
        whole=None,
        part=ZERO,
        elsewhere=(),
        source=None,
        copied_source=None,
        payer_name=None,
        reference=None,
        applied={},
        sendings=sendings,
        reversed_on=None,
        status=_status(None, {}, sendings),
    )


def _parts_of_own(
    row: PaymentRow, view: CaseView, elsewhere: Mapping[str, Parts]
) -> tuple[tuple[str, Decimal], ...]:
    return tuple(
        (case_id, disclosing.part_shown(parts, Viewer.PAYOR))
        for case_id, parts in sorted(elsewhere.items())
        if viewer_on(view.mine[case_id], row.received_on) is Viewer.PAYOR
    )


def _status(
    reversed_on: date | None,
    applied: Mapping[AllocationCategory, Decimal],
    sendings: tuple[Sending, ...],
) -> PaymentStatus:
    if reversed_on is not None:
        return PaymentStatus.REVERSED
    mine = [sent for sent in sendings if sent.to_oneself and sent.payee is not Payee.PAYOR]
    if mine and mine[-1].status is not None:
        return PaymentStatus(mine[-1].status.value)
    if any(not sent.to_oneself for sent in sendings):
        return PaymentStatus.SENT
    if set(applied) == {AllocationCategory.HELD}:
        return PaymentStatus.HELD
    return PaymentStatus.REFUNDED if sendings else PaymentStatus.RECEIVED


def _order(payment: Payment) -> tuple[date, Decimal, str, str, tuple[tuple[str, Decimal], ...]]:
    applied = tuple((category.value, amount) for category, amount in payment.applied.items())
    return payment.on, payment.part, payment.source or "", payment.status, applied
