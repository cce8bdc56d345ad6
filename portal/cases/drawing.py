"""Drawings made on the server: bars of two quantities a month, and sums over time as lines.

They hold whole pixels, classes and nothing else: style, forced colours and print are the style
sheet's. Twelve months are as wide as a small phone, so that their names can be read there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import svg
from markupsafe import Markup, escape

from portal.cases.phrases import month_name
from portal.rules.money import ZERO

HEIGHT = 120
"""Pixels of the highest bar."""
STEP = 29
BAR = 11
LEFT = 2
GAP = 3
TOP = 12
FOOT = 28
WIDE = 352
"""Pixels of a line over any number of months."""
LOW = 72
"""Pixels from the lowest to the highest of a line."""
_MONTHS = 12

Point = tuple[date, Decimal]
"""The first day of a month, and what was owed as it ended."""


def bars(months: Sequence[tuple[date, Decimal, Decimal]], label: str) -> Markup | None:
    """Two bars a month, each month named by its first day, to the scale of the largest amount.

    None where there is nothing to draw. `label` says to a screen reader what is drawn.
    """
    largest = max((amount for _first, *two in months for amount in two), default=ZERO)
    if largest <= 0:
        return None
    width, ground = LEFT * 2 + STEP * len(months), TOP + HEIGHT
    elements: list[svg.Element] = []
    for number, (first, due, paid) in enumerate(months):
        x = LEFT + number * STEP
        elements += [
            _bar("drawing-due", x + GAP, due, largest),
            _bar("drawing-paid", x + GAP + BAR + 1, paid, largest),
            _text(x + STEP // 2, ground + 20, month_name(first)),
        ]
    return _picture(label, width, ground + FOOT, [*elements, _line(0, ground, width)])


def line(points: Sequence[Point], label: str) -> Markup | None:
    """What was owed as each month ended, as one line over its own scale, zero always in it.

    Each January is marked by its year. None for fewer than two months, or where all is zero.
    """
    amounts = [amount for _first, amount in points]
    highest, lowest = max([*amounts, ZERO]), min([*amounts, ZERO])
    if len(points) < 2 or highest == lowest:
        return None
    ys = [TOP + _scaled(highest - amount, highest - lowest, LOW) for amount in amounts]
    xs = [LEFT + _scaled(Decimal(n), Decimal(len(points) - 1), WIDE) for n in range(len(points))]
    zero, foot = TOP + _scaled(highest, highest - lowest, LOW), TOP + LOW
    path: list[svg.PathData] = [svg.M(xs[0], ys[0])]
    path += [svg.L(x, y) for x, y in zip(xs[1:], ys[1:], strict=True)]
    area = [svg.M(xs[0], zero), svg.V(ys[0]), *path[1:], svg.V(zero), svg.Z()]
    return _picture(
        label,
        WIDE + 2 * LEFT,
        foot + FOOT,
        [
            svg.Path(class_=["drawing-area"], d=area),
            svg.Path(class_=["drawing-line"], d=path),
            _line(0, zero, WIDE + 2 * LEFT),
            *_years(points, xs, foot),
        ],
    )


def _years(points: Sequence[Point], xs: Sequence[int], foot: int) -> Iterable[svg.Element]:
    """The years below the line; months' names where it is not longer than a year."""
    if len(points) <= _MONTHS:
        for (first, _amount), x in zip(points, xs, strict=True):
            yield _text(min(max(x, 14), WIDE - 12), foot + 20, month_name(first))
        return
    for (first, _amount), x in zip(points, xs, strict=True):
        if first.month == 1:
            yield svg.Line(class_=["drawing-tick"], x1=x, y1=TOP, x2=x, y2=foot)
            yield _text(min(max(x, 18), WIDE - 14), foot + 20, str(first.year))


def _picture(label: str, width: int, height: int, elements: list[svg.Element]) -> Markup:
    picture = svg.SVG(
        class_=["drawing__picture"],
        viewBox=svg.ViewBoxSpec(0, 0, width, height),
        width=width,
        height=height,
        elements=elements,
        # The library writes values as they are: whatever is text is escaped here and in `_text`.
        extra={"role": "img", "aria-label": str(escape(label)), "focusable": "false"},
    )
    return Markup(picture.as_str())  # noqa: S704 (numbers, class names and escaped text)


def _text(x: int, y: int, text: str) -> svg.Text:
    return svg.Text(class_=["drawing-label"], x=x, y=y, text=str(escape(text)))


def _line(x: int, y: int, to: int) -> svg.Line:
    return svg.Line(class_=["drawing-axis"], x1=x, y1=y, x2=to, y2=y)


def _bar(name: str, x: int, amount: Decimal, largest: Decimal) -> svg.Rect:
    height = _scaled(max(amount, ZERO), largest, HEIGHT)
    return svg.Rect(class_=[name], x=x, y=TOP + HEIGHT - height, width=BAR, height=height)


def _scaled(part: Decimal, whole: Decimal, pixels: int) -> int:
    return int((part * pixels / whole).quantize(Decimal(1), rounding=ROUND_HALF_UP))
