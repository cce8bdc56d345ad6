"""What the agency kept from payments to recover an overpayment, and from which of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.ledger.payments import Payment
from portal.rules.money import ZERO
from portal.rules.vocabulary import Payee


@dataclass(frozen=True, slots=True)
class KeptBack:
    """A part of a payment, in dollars, that the agency kept on a day instead of sending it on."""

    on: date
    amount: Decimal
    payment: Payment


@dataclass(frozen=True, slots=True)
class Recovered:
    """All of them, the newest first. A payor is shown none: it is not the payor's to know."""

    parts: tuple[KeptBack, ...]

    @property
    def total(self) -> Decimal:
        """In dollars."""
        return sum((part.amount for part in self.parts), ZERO)


def recovered(payments: Iterable[Payment]) -> Recovered:
    """What of the shown payments was kept, as far as the disclosure table lets it be seen."""
    parts = [
        KeptBack(sent.issued_on, sent.amount, payment)
        for payment in payments
        for sent in payment.sendings
        if sent.payee is Payee.AGENCY and sent.amount is not None
    ]
    return Recovered(tuple(sorted(parts, key=lambda it: (it.on, it.amount), reverse=True)))
