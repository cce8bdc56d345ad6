"""One's own log beside the agency's record, as far as the disclosure table shows that record.

A payor's log is set beside what came in; that of a custodial parent or guardian beside what was
sent to them, never beside what was applied: the two differ by what goes to the state, and by time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment, payments_shown
from portal.own_records.entry import Entry
from portal.rules.disclosing import Sending
from portal.rules.money import ZERO
from portal.rules.own_records import (
    COMPARED,
    Known,
    Month,
    Reach,
    Row,
    Side,
    State,
    compare,
)
from portal.rules.vocabulary import DisbursementStatus, Payee

_NOT_SENT = frozenset(
    {DisbursementStatus.VOID, DisbursementStatus.STOPPED, DisbursementStatus.RETURNED}
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both records, month by month, the newest first."""

    months: tuple[Month, ...]
    entries: Mapping[str, Entry]
    """By the key of what is said."""
    payments: Mapping[str, Payment]
    """The agency's payment by the key of what is known."""

    @property
    def mine(self) -> Decimal:
        """What the parent has, in dollars, of what is compared."""
        return sum((month.mine for month in self.months), ZERO)

    @property
    def agency(self) -> Decimal:
        """What the agency has of the same."""
        return sum((month.agency for month in self.months), ZERO)

    @property
    def difference(self) -> Decimal:
        """More than zero where the parent has more."""
        return self.mine - self.agency

    @property
    def is_compared(self) -> bool:
        """Whether anything could be compared."""
        return any(row.state in COMPARED for month in self.months for row in month.rows)

    def entry_of(self, row: Row) -> Entry | None:
        """The log's entry behind a row."""
        return None if row.said is None else self.entries[row.said.key]

    def payment_of(self, row: Row) -> Payment | None:
        """The agency's payment behind a row."""
        return None if row.known is None else self.payments[row.known.key]

    def disputable(self, *, is_payor: bool) -> list[Row]:
        """What a review could be asked for about, the oldest first.

        Of a payor what the agency has not, or less of; of whoever is paid what they have not, or
        less of.
        """
        return [
            row
            for month in reversed(self.months)
            for row in reversed(month.rows)
            if (_is_payors(row) if is_payor else _is_receivers(row))
        ]

    def sent_and_got(self, payment: Payment) -> tuple[Decimal, Decimal]:
        """What the agency sent to the parent of a payment, in dollars, and what of that they have:
        it can have gone out in parts."""
        rows = [
            row
            for month in self.months
            for row in month.rows
            if row.known is not None
            and row.known.side is Side.RECEIVED
            and self.payments[row.known.key].payment_id == payment.payment_id
        ]
        return sum((it.agency or ZERO for it in rows), ZERO), sum(
            (it.mine or ZERO for it in rows), ZERO
        )


_LACKED = frozenset({State.MISSING, State.TAKEN_BACK, State.DIRECT})


def _is_payors(row: Row) -> bool:
    has_less = row.state is State.OTHER_AMOUNT and row.difference > ZERO
    return _side(row) is Side.MADE and (row.state in _LACKED or has_less)


def _is_receivers(row: Row) -> bool:
    got_less = row.state is State.OTHER_AMOUNT and row.difference < ZERO
    return _side(row) is Side.RECEIVED and (row.state is State.ONLY_AGENCY or got_less)


def compare_log(session: Session, view: CaseView, log: Sequence[Entry]) -> Comparison:
    """Set a log beside the record of its case."""
    known: dict[str, Known] = {}
    gone: dict[str, Known] = {}
    payments: dict[str, Payment] = {}
    for payment in payments_shown(session, view):
        came = _as_made(payment)
        if came is not None:
            payments[came.key] = payment
            (known if payment.reversed_on is None else gone)[came.key] = came
        for place, sent in enumerate(payment.sendings):
            if _reached_me(sent):
                one = _as_received(f"s:{payment.payment_id}:{place}", sent)
                payments[one.key], known[one.key] = payment, one
    reach = Reach(view.opens_on, view.as_of, view.today)
    months = compare(
        [it.as_said() for it in log], known.values(), gone.values(), reach, view.agency.own_records
    )
    return Comparison(months, {it.id: it for it in log}, payments)


def _as_made(payment: Payment) -> Known | None:
    """A payment of one's own as it came in: by its whole, or by its part on this case."""
    if payment.received_on is None or payment.whole is None:
        return None
    amounts = tuple(dict.fromkeys(it for it in (payment.whole, payment.part) if it > ZERO))
    if not amounts:
        return None
    first = min(payment.withheld_on or payment.received_on, payment.received_on)
    key = f"p:{payment.payment_id}"
    came_as = payment.source.value if payment.source is not None else None
    return Known(key, Side.MADE, payment.received_on, first, payment.received_on, amounts, came_as)


def _reached_me(sent: Sending) -> bool:
    """Whether it went to oneself as support, and is not what was sent again since."""
    is_mine = sent.to_oneself and sent.payee is not Payee.PAYOR and sent.amount is not None
    return is_mine and not sent.was_reissued and sent.status not in _NOT_SENT


def _as_received(key: str, sent: Sending) -> Known:
    assert sent.amount is not None
    cashed = sent.status is DisbursementStatus.CASHED and sent.status_on is not None
    last = sent.status_on if cashed and sent.status_on else sent.issued_on
    last = max(last, sent.issued_on)
    return Known(key, Side.RECEIVED, sent.issued_on, sent.issued_on, last, (sent.amount,))


def _side(row: Row) -> Side | None:
    known_or_said = row.said or row.known
    return None if known_or_said is None else known_or_said.side
