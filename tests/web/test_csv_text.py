"""Tables as CSV: what spreadsheets take for a formula, and what they do not."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.security.formulas import guarded, unguarded
from portal.web.csv_text import Cell, csv_text

SIGNS = "=+-@\t\r\n＝＋－＠"
UNSEEN = " \u00a0\t\r\n\u200b\u200e\u2060\ufeff"
texts = st.text() | st.builds(
    "{}{}{}".format, st.text(f"{UNSEEN}'"), st.sampled_from(SIGNS), st.text()
)


def cells_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@given(st.lists(texts, min_size=1))
def test_no_text_begins_with_what_begins_a_formula(words: list[str]) -> None:
    """INJ-3: nor behind what is not seen."""
    (row,) = cells_of(csv_text([words]))
    assert len(row) == len(words)
    for cell in row:
        assert not cell.startswith(tuple(SIGNS))
        assert not cell.lstrip(UNSEEN).startswith(tuple(SIGNS))


@given(texts)
def test_the_guard_can_be_taken_off(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "  =", "\u00a0=", "'=", "＝"]
)
def test_what_starts_a_formula_is_guarded(start: str) -> None:
    """INJ-3."""
    assert guarded(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("text", ["O'Brien & Co", "", "'tis", "1-2", "a=b", " two words "])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


def test_days_amounts_counts_and_nothing() -> None:
    row: list[Cell] = [date(2026, 11, 3), Decimal("-5"), Decimal("1200.5"), -3, None]
    text = csv_text([["Day", "Change", "Owed", "Count", "Rest"], row])
    assert text.startswith("\ufeffDay,")
    assert text.endswith("\r\n")
    assert cells_of(text)[1] == ["2026-11-03", "-5.00", "1200.50", "-3", ""]
