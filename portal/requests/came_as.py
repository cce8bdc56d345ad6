"""How a payment of the record can have come that a parent says was made in some way."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.requests.grounds import HowPaid
from portal.rules.disclosing import SourceKind
from portal.rules.vocabulary import Source

CAME_AS: Mapping[HowPaid, frozenset[Source | SourceKind]] = MappingProxyType(
    {
        HowPaid.EMPLOYER: frozenset({Source.INCOME_WITHHOLDING, SourceKind.EMPLOYER}),
        HowPaid.ONLINE: frozenset({Source.PAID_ONLINE, SourceKind.OTHER_PARENT}),
        HowPaid.CHECK_OR_MONEY_ORDER: frozenset(
            {Source.CHECK_OR_MONEY_ORDER, SourceKind.OTHER_PARENT}
        ),
        HowPaid.CASH: frozenset({Source.CASH, SourceKind.OTHER_PARENT}),
    }
)
"""Any, for a way that is not named."""
