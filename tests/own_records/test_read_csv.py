"""Files that a spreadsheet writes, and files that are made to do harm: all of it or nothing."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.own_records.entry import EARLIEST, MADE, MOST_DOLLARS, MOST_NOTE, How, Payment
from portal.own_records.read_csv import (
    MOST_BYTES,
    MOST_ROWS,
    CsvRefused,
    Problem,
    Why,
    one_line,
    read_csv,
)
from portal.own_records.write_csv import write_csv

TODAY = date(2026, 11, 22)
WAYS = {how.value: how for how in MADE} | {"check": How.CHECK_OR_MONEY_ORDER}
HEAD = "date,amount,how,note\n"


def read(data: bytes | str) -> tuple[Payment, ...]:
    raw = data.encode() if isinstance(data, str) else data
    return read_csv(raw, WAYS, How.OTHER, TODAY)


def problems(data: bytes | str) -> list[tuple[Why, int | None, str | None]]:
    with pytest.raises(CsvRefused) as refused:
        read(data)
    return [(it.why, it.row, it.column) for it in refused.value.problems]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("11/06/2026", date(2026, 11, 6)),
        ("11/6/2026", date(2026, 11, 6)),
        ("2026-11-06", date(2026, 11, 6)),
        ("2026-11-06 00:00:00", date(2026, 11, 6)),
        (" 11-06-2026 ", date(2026, 11, 6)),
        ("02/29/2024", date(2024, 2, 29)),
    ],
)
def test_days_as_a_spreadsheet_writes_them(cell: str, day: date) -> None:
    assert read(f"{HEAD}{cell},1.00,cash,\n")[0].on == day


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("100", "100.00"), ("100.5", "100.50"), ("$1,234.50", "1234.50"), ("$ 12.00", "12.00"),
        ("1,234,567.89", None), ("1000000", "1000000.00"), ("0.01", "0.01"), ("12.", "12.00"),
    ],
)  # fmt: skip
def test_amounts_as_a_spreadsheet_writes_them(cell: str, amount: str | None) -> None:
    text = f'{HEAD}11/06/2026,"{cell}",cash,\n'
    if amount is None:
        assert problems(text) == [(Why.TOO_MUCH, 2, "amount")]
    else:
        assert read(text)[0].amount == Decimal(amount)


@pytest.mark.parametrize(
    ("row", "why", "column"),
    [
        (",1.00,cash,", Why.MISSING, "date"),
        ("13/06/2026,1.00,cash,", Why.DATE, "date"),
        ("02/30/2026,1.00,cash,", Why.DATE, "date"),
        ("11/06/26,1.00,cash,", Why.TWO_DIGIT_YEAR, "date"),
        ("6 Nov 2026,1.00,cash,", Why.DATE, "date"),
        ("11/23/2026,1.00,cash,", Why.FUTURE, "date"),
        ("11/06/1969,1.00,cash,", Why.TOO_EARLY, "date"),
        ("=TODAY(),1.00,cash,", Why.DATE, "date"),
        ("١١/٠٦/٢٠٢٦,1.00,cash,", Why.DATE, "date"),
        ("11/06/2026,,cash,", Why.MISSING, "amount"),
        ('11/06/2026,"1,5",cash,', Why.AMOUNT, "amount"),
        ('11/06/2026,"1.234,50",cash,', Why.AMOUNT, "amount"),
        ("11/06/2026,12.345,cash,", Why.AMOUNT, "amount"),
        ("11/06/2026,1e3,cash,", Why.AMOUNT, "amount"),
        ("11/06/2026,NaN,cash,", Why.AMOUNT, "amount"),
        ("11/06/2026,١٢,cash,", Why.AMOUNT, "amount"),
        ("11/06/2026,€12.00,cash,", Why.AMOUNT, "amount"),
        ("11/06/2026,=1+1,cash,", Why.AMOUNT, "amount"),
        ("11/06/2026,-5.00,cash,", Why.NOT_ABOVE_ZERO, "amount"),
        ("11/06/2026,(5.00),cash,", Why.NOT_ABOVE_ZERO, "amount"),
        ("11/06/2026,0.00,cash,", Why.NOT_ABOVE_ZERO, "amount"),
        ("11/06/2026,9999999999999,cash,", Why.AMOUNT, "amount"),
        ("11/06/2026,1.00,seashells,", Why.HOW, "how"),
        ("11/06/2026,1.00,deposit,", Why.HOW, "how"),
        (f"11/06/2026,1.00,cash,{'x' * 201}", Why.NOTE, "note"),
        ("11/06/2026,1.00,cash,check, number 7", Why.TOO_MANY_CELLS, None),
    ],
)
def test_what_is_wrong_is_named_by_row_column_and_reason(
    row: str, why: Why, column: str | None
) -> None:
    good = "11/05/2026,1.00,cash,fine\n"
    assert problems(f"{HEAD}{good}\n{row}\n{good}") == [(why, 4, column)]


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert problems(f"{HEAD}x,y,z,\n11/06/2026,,cash,\n") == [
        (Why.DATE, 2, "date"), (Why.AMOUNT, 2, "amount"), (Why.HOW, 2, "how"),
        (Why.MISSING, 3, "amount"),
    ]  # fmt: skip


def test_of_very_many_problems_the_first_are_told() -> None:
    with pytest.raises(CsvRefused) as refused:
        read(HEAD + "x,1.00,cash,\n" * 50)
    assert (len(refused.value.problems), refused.value.more) == (20, 30)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Why.EMPTY),
        (b"\xef\xbb\xbf \r\n", Why.EMPTY),
        (b"x" * (MOST_BYTES + 1), Why.TOO_LARGE),
        (b"PK\x03\x04 a workbook", Why.WORKBOOK),
        (b"\xd0\xcf\x11\xe0 an old workbook", Why.WORKBOOK),
        (b"%PDF-1.7\x00\x01", Why.NOT_TEXT),
        (HEAD.encode() + b"11/06/2026,1.00,cash,\x00\n", Why.NOT_TEXT),
        (HEAD.encode() + b"11/06/2026,1.00,cash,\x1b[31m\n", Why.NOT_TEXT),
        (b"\xff\xfeodd", Why.NOT_TEXT),
        (HEAD.encode("utf-32"), Why.NOT_TEXT),
        (HEAD.encode() + b"11/06/2026,1.00,cash,\x81\x8d\n", Why.NOT_TEXT),
        (b"11/06/2026,1.00,cash,\n", Why.NO_HEADER),
        (b"date,sum\n11/06/2026,1.00\n", Why.UNKNOWN_COLUMN),
        (b"date,amount,date\n11/06/2026,1.00,\n", Why.TWICE),
        (b"date,how\n11/06/2026,cash\n", Why.MISSING_COLUMN),
        (HEAD.encode() + b"\n,,,\n", Why.NO_ROWS),
        (HEAD.encode() + b'11/06/2026,1.00,cash,"never closed\n', Why.QUOTES),
        (HEAD.encode() + b'11/06/2026,1.00,cash,"a"b\n', Why.QUOTES),
        ((HEAD + "11/06/2026,1.00,cash,\n" * (MOST_ROWS + 1)).encode(), Why.TOO_MANY_ROWS),
    ],
)  # fmt: skip
def test_files_that_are_not_taken(data: bytes, why: Why) -> None:
    assert problems(data)[0][0] is why


@pytest.mark.parametrize(
    "data",
    [
        (HEAD + "11/06/2026,1.00,cash,Café\n").encode(),
        ("\ufeff" + HEAD + "11/06/2026,1.00,cash,Café\r\n").encode(),
        (HEAD + "11/06/2026,1.00,cash,Café\n").encode("cp1252"),
        (HEAD + "11/06/2026,1.00,cash,Café\n").replace(",", "\t").encode("utf-16"),
        (HEAD + "11/06/2026,1.00,cash,Café\n").replace(",", ";").encode(),
        b" Amount , DATE ,note,how,,\r1.00,11/06/2026,Caf\xc3\xa9,CASH,,\r",
    ],
    ids=["utf-8", "bom", "windows-1252", "utf-16 and tabs", "semicolons", "another order"],
)
def test_files_as_spreadsheets_save_them(data: bytes) -> None:
    assert read(data) == (Payment(date(2026, 11, 6), Decimal("1.00"), How.CASH, "Café"),)


def test_how_and_note_may_be_left_out() -> None:
    assert read("date,amount\n11/06/2026,1\n") == (
        Payment(date(2026, 11, 6), Decimal("1.00"), How.OTHER, ""),
    )


def test_a_note_of_several_lines_becomes_one() -> None:
    assert read(f'{HEAD}11/06/2026,1,cash,"a\nb\t\u202ec"\n')[0].note == "a b c"


def test_as_many_rows_as_may_be_are_read() -> None:
    assert len(read(HEAD + "11/06/2026,1.00,cash,\n" * MOST_ROWS)) == MOST_ROWS
    assert len(read(HEAD + "11/06/2026,1.00,cash,\n,,,\n" * MOST_ROWS)) == MOST_ROWS


def test_rows_are_counted_and_not_what_is_wrong_with_them() -> None:
    """Three wrong cells in each of 170 rows: they are told, not that there are too many rows."""
    found = problems(HEAD + "13/45/2026,much,by pigeon,\n" * 170)
    assert found[:4] == [(Why.DATE, 2, "date"), (Why.AMOUNT, 2, "amount"), (Why.HOW, 2, "how"),
                         (Why.DATE, 3, "date")]  # fmt: skip


notes = st.text(max_size=60).map(one_line) | st.sampled_from(
    ["=1+1", "'=1", "''@x", "-5", "+1", "' =x", "'quoted'", "a,b", 'say "so"']
)
payments = st.builds(
    Payment,
    st.dates(EARLIEST, TODAY),
    st.decimals("0.01", MOST_DOLLARS, places=2),
    st.sampled_from(MADE),
    notes.filter(lambda note: len(note) <= MOST_NOTE),
)


@given(st.lists(payments, min_size=1, max_size=20))
def test_what_is_written_is_read_back_and_no_cell_is_a_formula(rows: list[Payment]) -> None:
    """INJ-3"""
    text = write_csv(rows)
    assert read(text) == tuple(rows)
    for row in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")):
        assert not any(cell.lstrip().startswith(tuple("=+-@\t\r\n")) for cell in row)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = read(HEAD.encode() + data)
    except CsvRefused:
        return
    assert found
    assert all(EARLIEST <= it.on <= TODAY and it.amount > 0 for it in found)


def test_a_refusal_quotes_little_of_what_stands_there() -> None:
    with pytest.raises(CsvRefused) as refused:
        read(f"{HEAD}11/06/2026,1.00,{'y' * 3000},\n")
    assert refused.value.problems == (Problem(Why.HOW, 2, "how", "y" * 40 + "…"),)
