"""Why a parent asks for a review: the grounds to tick, by who asks."""

from __future__ import annotations

from enum import StrEnum


class Ground(StrEnum):
    """What the parent says is wrong."""

    PAYMENTS_NOT_CREDITED = "payments_not_credited"
    PAID_DIRECTLY = "paid_directly"
    AMOUNT_WRONG = "amount_wrong"
    ORDER_CHANGED_OR_ENDED = "order_changed_or_ended"
    CHILD_LIVES_WITH_ME = "child_lives_with_me"
    WRONG_PERSON = "wrong_person"
    PAYMENTS_NOT_RECEIVED = "payments_not_received"
    SENT_ON_WRONGLY = "sent_on_wrongly"
    OTHER = "other"


_PAYOR = (
    Ground.PAYMENTS_NOT_CREDITED,
    Ground.SENT_ON_WRONGLY,
    Ground.AMOUNT_WRONG,
    Ground.ORDER_CHANGED_OR_ENDED,
    Ground.CHILD_LIVES_WITH_ME,
    Ground.PAID_DIRECTLY,
    Ground.WRONG_PERSON,
    Ground.OTHER,
)
_CUSTODIAL = (
    Ground.PAYMENTS_NOT_RECEIVED,
    Ground.SENT_ON_WRONGLY,
    Ground.AMOUNT_WRONG,
    Ground.ORDER_CHANGED_OR_ENDED,
    Ground.OTHER,
)


def grounds_for(*, is_payor: bool) -> tuple[Ground, ...]:
    """The grounds that make sense to one who pays, or to one who receives."""
    return _PAYOR if is_payor else _CUSTODIAL


class HowPaid(StrEnum):
    """How a payment is said to have been made."""

    EMPLOYER = "employer"
    ONLINE = "online"
    CHECK_OR_MONEY_ORDER = "check_or_money_order"
    CASH = "cash"
    TO_OTHER_PARENT = "to_other_parent"
    OTHER = "other"
