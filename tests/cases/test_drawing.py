"""Drawings: whole pixels to scale, nothing of a style or a script, and no text that is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from portal.cases.drawing import HEIGHT, LOW, TOP, bars, line

EVIL = '"><script>alert(1)</script><b a="'


@pytest.fixture(autouse=True)
def in_request(app: Flask) -> Iterator[None]:
    """Months are named in the reader's language."""
    with app.test_request_context():
        yield


def year(*amounts: str) -> list[tuple[date, Decimal]]:
    return [(date(2026, number + 1, 1), Decimal(it)) for number, it in enumerate(amounts)]


def test_bars_are_to_the_scale_of_the_largest() -> None:
    found = bars([(date(2026, 9, 1), Decimal("400.00"), Decimal("100.00"))], "Two bars")
    heights = [int(it) for it in re.findall(r'<rect[^>]* height="(\d+)"', str(found))]
    assert heights == [HEIGHT, HEIGHT // 4]
    assert ">Sep</text>" in str(found)


@pytest.mark.parametrize("amounts", [(), ("0.00", "0.00"), ("-5.00", "-1.00")])
def test_without_an_amount_there_are_no_bars(amounts: tuple[str, ...]) -> None:
    assert bars([(first, amount, amount) for first, amount in year(*amounts)], "x") is None


def test_a_line_has_zero_in_it_and_goes_below_for_a_credit() -> None:
    """$300.00, $100.00 and a credit of $100.00: zero lies at three quarters."""
    found = str(line(year("300.00", "100.00", "-100.00"), "One line"))
    path = re.search(r'drawing-line" d="([^"]*)"', found)
    assert path is not None
    ys = [int(it.split()[-1]) for it in re.split(r"[ML]", path.group(1)) if it.strip()]
    assert ys == [TOP, TOP + LOW // 2, TOP + LOW]
    assert f'drawing-axis" x1="0" y1="{TOP + LOW * 3 // 4}"' in found


@pytest.mark.parametrize("amounts", [(), ("5.00",), ("0.00", "0.00")])
def test_without_a_course_there_is_no_line(amounts: tuple[str, ...]) -> None:
    assert line(year(*amounts), "x") is None


def test_more_than_a_year_is_marked_by_its_januaries() -> None:
    points = [
        (date(2024 + number // 12, number % 12 + 1, 1), Decimal(number)) for number in range(30)
    ]
    found = str(line(points, "x"))
    assert re.findall(r">(\d{4})</text>", found) == ["2024", "2025", "2026"]
    assert found.count("drawing-tick") == 3


def test_nothing_of_a_label_is_markup() -> None:
    """INJ-1: the library writes what it is given; the policy forbids style and script besides."""
    pairs = [(first, amount, amount) for first, amount in year("1.00", "2.00")]
    for found in (bars(pairs, EVIL), line(year("1.00", "2.00"), EVIL)):
        assert "<script" not in str(found)
        assert "&lt;script&gt;" in str(found)
        assert "style" not in str(found)
