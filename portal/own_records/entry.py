"""What an entry of one's own log says, and how it lies sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.own_records.models import DATA, OwnRecord
from portal.requests.came_as import CAME_AS
from portal.requests.grounds import HowPaid
from portal.rules.own_records import Said, Side
from portal.security.sealing import Sealer

EARLIEST = date(1970, 1, 1)
MOST_DOLLARS = Decimal(1_000_000)
MOST_NOTE = 200


class How(StrEnum):
    """How a payment was made, as a payor knows it, or how it came, as who is paid knows it."""

    EMPLOYER = "employer"
    ONLINE = "online"
    CHECK_OR_MONEY_ORDER = "check_or_money_order"
    CASH = "cash"
    TO_OTHER_PARENT = "to_other_parent"
    OTHER = "other"
    DEPOSIT = "deposit"
    CARD = "card"
    CHECK = "check"
    FROM_OTHER_PARENT = "from_other_parent"
    OTHER_WAY = "other_way"

    @property
    def side(self) -> Side:
        """Which way the money went."""
        return Side.MADE if self in MADE else Side.RECEIVED

    @property
    def is_direct(self) -> bool:
        """Whether it went from one parent to the other, past the agency."""
        return self in (How.TO_OTHER_PARENT, How.FROM_OTHER_PARENT)


MADE = (
    How.EMPLOYER,
    How.ONLINE,
    How.CHECK_OR_MONEY_ORDER,
    How.CASH,
    How.TO_OTHER_PARENT,
    How.OTHER,
)
"""For payors: the ways that a review knows, by the same names."""
RECEIVED = (How.DEPOSIT, How.CARD, How.CHECK, How.FROM_OTHER_PARENT, How.OTHER_WAY)


def ways(*, is_payor: bool) -> tuple[How, ...]:
    """The ways to choose from."""
    return MADE if is_payor else RECEIVED


@dataclass(frozen=True, slots=True)
class Payment:
    """What a parent says: agency-local day, dollars, how, and words of their own."""

    on: date
    amount: Decimal
    how: How
    note: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A file that shows an entry."""

    file_id: str
    name: str
    size: int
    state: str
    """As of all evidence: ``being_checked``, ``ready`` or ``refused``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A payment in the log."""

    id: str
    payment: Payment
    receipts: tuple[Receipt, ...] = field(default=())

    def as_said(self) -> Said:
        """As it is compared."""
        it = self.payment
        came_as = CAME_AS.get(HowPaid(it.how)) if it.how in MADE else None
        names = frozenset(way.value for way in came_as or ())
        return Said(self.id, it.how.side, it.on, it.amount, it.how.is_direct, names)


def seal_payment(sealer: Sealer, payment: Payment, record_id: str) -> bytes:
    """Sealed JSON."""
    said = {
        "date": payment.on.isoformat(),
        "amount": f"{payment.amount:.2f}",
        "how": payment.how.value,
        "note": payment.note,
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sealer.seal(text, DATA, record_id)


def open_payment(sealer: Sealer, row: OwnRecord) -> Payment:
    """What `seal_payment` sealed. Raises `portal.security.sealing.SealBroken`."""
    said = json.loads(sealer.open(row.data, DATA, row.id))
    return Payment(
        date.fromisoformat(said["date"]), Decimal(said["amount"]), How(said["how"]), said["note"]
    )
