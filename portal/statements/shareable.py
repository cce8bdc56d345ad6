"""What a statement for others says: the statement's column of the disclosure table, and no more.

It is made of what its owner may see, and then cut down by that column: whoever is handed it can
never learn what its owner does not know, nor where a payment came from (IRC 6103(l)(6)), nor that
there are other households. It is plain values, so that it can be signed and shown again as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.ledger.explained import explained
from portal.ledger.orders import Order, orders_shown
from portal.ledger.payments import Payment, payments_shown
from portal.rules import disclosing
from portal.rules.calendar import day_from
from portal.rules.disclosing import Sending
from portal.rules.disclosure import Datum, Shown, Viewer, shown
from portal.rules.money import ZERO
from portal.rules.spans import Span
from portal.rules.vocabulary import Frequency, OrderKind, Payee
from portal.statements.content import Figures, own_name, parts_of

FORMAT = "portal-statement/1"


class NothingToShow(Exception):
    """There are no figures of the period."""


@dataclass(frozen=True, slots=True)
class SharedOrder:
    """An order: kind, dollars, how often, since and until when."""

    kind: OrderKind
    amount: Decimal
    frequency: Frequency
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class SharedPayment:
    """The part of a payment that came in for the case, in dollars."""

    on: date
    amount: Decimal
    sent: date | None
    """The day on which money of it was first sent on. Later days would tell that a check came back
    and was issued again, to whoever gets hold of the paper: the other parent in court, say."""
    taken_back: date | None


@dataclass(frozen=True, slots=True)
class SharedContent:
    """All that a statement for others says. Days are agency-local."""

    name: str | None
    case_id: str
    pays: bool
    """Whether its owner pays support on the case; otherwise they receive it."""
    first: date
    last: date
    as_of: date
    orders: tuple[SharedOrder, ...]
    figures: Figures
    payments: tuple[SharedPayment, ...]

    @property
    def received(self) -> Decimal:
        """All payments for the case, without those taken back."""
        return sum((it.amount for it in self.payments if it.taken_back is None), ZERO)


def make_content(session: Session, view: CaseView, period: Span) -> SharedContent:
    """What others may see of the case in a period.

    Where the member's part in the case was interrupted, it is of the last run of days alone.

    :raises NothingToShow: where the period has no figures.
    """
    found = explained(session, view)
    parts = parts_of(found, period)
    if not parts or shown(Datum.BALANCES, Viewer.STATEMENT) is not Shown.TOTALS:
        raise NothingToShow
    part = parts[-1]
    days = Span(part.first, part.last)
    payments = (_payment(it) for it in payments_shown(session, view))
    return SharedContent(
        own_name(session, view, Viewer.STATEMENT),
        view.case_id,
        view.is_payor,
        days.first,
        days.last,
        found.as_of,
        tuple(_order(it) for it in orders_shown(session, view) if _is_of(it, days)),
        part.figures,
        tuple(sorted((it for it in payments if it and days.holds(it.on)), key=_by_content)),
    )


def _is_of(order: Order, days: Span) -> bool:
    sees = shown(Datum.ORDER, Viewer.STATEMENT) is Shown.YES
    return sees and days.overlaps(order.effective_on, order.ended_on)


def _order(order: Order) -> SharedOrder:
    return SharedOrder(
        order.kind, order.amount, order.frequency, order.effective_on, order.ended_on
    )


def _payment(payment: Payment) -> SharedPayment | None:
    """None where nothing of it came in for the case on a day that the owner may see."""
    rule = shown(Datum.PAYMENT_AMOUNT, Viewer.STATEMENT)
    amount = disclosing.part_shown(payment.applied, Viewer.STATEMENT)
    if payment.received_on is None or not amount or rule is not Shown.THIS_CASE:
        return None
    sent = min((it.issued_on for it in payment.sendings if _is_told(it)), default=None)
    return SharedPayment(payment.received_on, amount, sent, payment.reversed_on)


def _is_told(sending: Sending) -> bool:
    """Whether the day of a sending may be told: never a refund's."""
    if sending.payee is Payee.PAYOR:
        return False
    datum = Datum.SENT_TO_FAMILY if sending.to_oneself else Datum.SENT_TO_OTHERS
    return shown(datum, Viewer.STATEMENT) is Shown.DAYS


def _by_content(payment: SharedPayment) -> tuple[date, Decimal, date, date]:
    return payment.on, payment.amount, payment.sent or date.max, payment.taken_back or date.max


def to_plain(content: SharedContent) -> dict[str, Any]:
    """The content as text, to be signed and kept."""
    figures = content.figures
    return {
        "format": FORMAT,
        "name": content.name,
        "case": content.case_id,
        "pays": content.pays,
        "first": content.first.isoformat(),
        "last": content.last.isoformat(),
        "as_of": content.as_of.isoformat(),
        "orders": [
            [it.kind.value, _text(it.amount), it.frequency.value, it.since.isoformat(),
             it.until.isoformat() if it.until else None]
            for it in content.orders
        ],
        "figures": [
            _text(it)
            for it in (figures.owed_first, figures.due, figures.added, figures.changed,
                       figures.paid, figures.owed_last)
        ],
        "payments": [
            [it.on.isoformat(), _text(it.amount), it.sent.isoformat() if it.sent else None,
             it.taken_back.isoformat() if it.taken_back else None]
            for it in content.payments
        ],
    }  # fmt: skip


def from_plain(plain: Mapping[str, Any]) -> SharedContent:
    """The content that `to_plain` wrote. :raises ValueError: for another format."""
    if plain.get("format") != FORMAT:
        raise ValueError("A statement of another format")
    return SharedContent(
        plain["name"],
        plain["case"],
        plain["pays"],
        date.fromisoformat(plain["first"]),
        date.fromisoformat(plain["last"]),
        date.fromisoformat(plain["as_of"]),
        tuple(
            SharedOrder(
                OrderKind(kind), Decimal(amount), Frequency(frequency),
                date.fromisoformat(since), day_from(until),
            )
            for kind, amount, frequency, since, until in plain["orders"]
        ),
        Figures(*(Decimal(amount) for amount in plain["figures"])),
        tuple(
            SharedPayment(
                date.fromisoformat(on), Decimal(amount), day_from(sent), day_from(taken_back)
            )
            for on, amount, sent, taken_back in plain["payments"]
        ),
    )  # fmt: skip


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"
