"""Twelve months as bars: whole pixels for a picture drawn on the server.

Twelve months are as wide as a small phone, so that their names can be read there too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from portal.ledger.months import Month

HEIGHT = 120
"""Pixels of the highest bar."""
STEP = 29
BAR = 11
LEFT = 2
GAP = 3
TOP = 12
FOOT = 28


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `x` and `y` are its upper left corner."""

    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class MonthBars:
    """Two bars of one month and where its name stands."""

    first: date
    due: Bar
    paid: Bar
    label_x: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture: its size, its ground line, its months."""

    bar: int

    width: int
    height: int
    ground: int
    months: tuple[MonthBars, ...]


def draw(months: Sequence[Month]) -> Drawing | None:
    """The months drawn to the scale of the largest amount; None where there is nothing to draw."""
    return draw_pairs([(it.first, it.due, it.paid) for it in months])


def draw_pairs(months: Sequence[tuple[date, Decimal, Decimal]]) -> Drawing | None:
    """Any two quantities a month, each month named by its first day, drawn the same way."""
    largest = max((amount for _first, *two in months for amount in two), default=Decimal(0))
    if largest <= 0:
        return None
    bars = tuple(_month(number, *month, largest) for number, month in enumerate(months))
    return Drawing(BAR, LEFT * 2 + STEP * len(months), TOP + HEIGHT + FOOT, TOP + HEIGHT, bars)


def _month(number: int, first: date, due: Decimal, paid: Decimal, largest: Decimal) -> MonthBars:
    x = LEFT + number * STEP
    return MonthBars(
        first,
        _bar(x + GAP, due, largest),
        _bar(x + GAP + BAR + 1, paid, largest),
        x + STEP // 2,
    )


def _bar(x: int, amount: Decimal, largest: Decimal) -> Bar:
    share = max(amount, Decimal(0)) * HEIGHT / largest
    height = int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return Bar(x, TOP + HEIGHT - height, height)
