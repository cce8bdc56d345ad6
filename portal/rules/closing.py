"""Why a case may be closed after a notice of it, and who is told the reason (45 CFR 303.11).

The reasons that need no notice (the recipient asked for it, another state closed it…) are not here.
"""

from __future__ import annotations

from enum import StrEnum


class ClosingReason(StrEnum):
    """A reason that an agency's profile may offer."""

    NO_ORDER_LITTLE_OWED = "no_order_little_owed"
    """No order for current support, and little past-due support, or none that can be enforced."""
    PAYOR_DIED = "payor_died"
    PAYOR_NOT_FOUND = "payor_not_found"
    PAYOR_CANNOT_PAY = "payor_cannot_pay"
    PARENTAGE_CANNOT_BE_SHOWN = "parentage_cannot_be_shown"
    LOST_CONTACT = "lost_contact"
    """With the one who gets the agency's services."""
    NO_COOPERATION = "no_cooperation"
    """Of the one who gets the agency's services."""
    DIRECT_PAYMENTS = "direct_payments"
    """The one who gets the agency's services accepts payments outside of the case."""


TOLD_TO_BOTH = frozenset({ClosingReason.NO_ORDER_LITTLE_OWED})
"""Reasons that are about neither parent. All others are told to the recipient of services alone:
the payor learns nothing of what the other parent did, or did not do."""
