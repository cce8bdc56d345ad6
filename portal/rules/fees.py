"""The yearly fee for services, once in a fiscal year in which enough was collected.

42 USC 654(6)(B) (P.L. 115-123 s.53117): $35 where at least $550 was collected in a federal fiscal
year for a family that never received assistance. Who bears it is the state's choice; the profile
names the fee only where a case is charged with it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from portal.rules.agency import AnnualFee
from portal.rules.money import ZERO


def fiscal_year(day: date, fee: AnnualFee) -> date:
    """The first day of the fiscal year that a day belongs to."""
    year = day.year if day.month >= fee.year_begins else day.year - 1
    return date(year, fee.year_begins, 1)


def fee_due(collected: Decimal, charged: Decimal, fee: AnnualFee) -> Decimal:
    """What may still be charged in a fiscal year, in dollars.

    `collected` is what came in for the case in the year so far, `charged` what was charged in it.
    """
    if collected < fee.collected_from:
        return ZERO
    return max(fee.amount - charged, ZERO)
