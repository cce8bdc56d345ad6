"""Payments from a spreadsheet's file: all of it is read, or none of it is taken.

What is wrong is named by row (counted as a spreadsheet does), column and reason.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from portal.own_records.entry import EARLIEST, MOST_DOLLARS, MOST_NOTE, How, Payment
from portal.requests.free_text import tidy_words
from portal.security.formulas import unguarded

MOST_BYTES = 200_000
MOST_ROWS = 500
MOST_PROBLEMS = 20
"""More are not told at once."""
COLUMNS = ("date", "amount", "how", "note")
_NEEDED = ("date", "amount")
_DATES = ("%m/%d/%Y", "%Y-%m-%d", "%m-%d-%Y", "%m.%d.%Y")
_AMOUNT = re.compile(r"\$?\s?(\d{1,3}(,\d{3})+|\d{1,9})(\.\d{1,2}|\.)?", re.ASCII)
_MIDNIGHT = re.compile(r"[T ]00:00(:00)?(\.0+)?$")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
T = TypeVar("T")


class Why(StrEnum):
    """What is wrong with a file, a row or a cell."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WORKBOOK = "workbook"
    NOT_TEXT = "not_text"
    QUOTES = "quotes"
    NO_HEADER = "no_header"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    TWICE = "twice"
    NO_ROWS = "no_rows"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_CELLS = "too_many_cells"
    MISSING = "missing"
    DATE = "date"
    TWO_DIGIT_YEAR = "two_digit_year"
    FUTURE = "future"
    TOO_EARLY = "too_early"
    AMOUNT = "amount"
    NOT_ABOVE_ZERO = "not_above_zero"
    TOO_MUCH = "too_much"
    HOW = "how"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, and what stands there."""

    why: Why
    row: int | None = None
    """As a spreadsheet counts: the header is row 1."""
    column: str | None = None
    text: str = ""


class CsvRefused(Exception):
    """Nothing of the file is taken, and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.why for problem in problems))
        self.problems = tuple(problems[:MOST_PROBLEMS])
        self.more = max(len(problems) - MOST_PROBLEMS, 0)


def read_csv(
    data: bytes,
    ways: Mapping[str, How],
    other: How,
    today: date,
    *,
    most_bytes: int = MOST_BYTES,
) -> tuple[Payment, ...]:
    """The payments of a file, in its order.

    :param ways: what may stand in the column *how*, in small letters, and what it means.
    :param other: what an empty cell there means.
    :param today: no payment is later, agency-local.
    :raises CsvRefused: with everything that is wrong.
    """
    if len(data) > most_bytes:
        raise CsvRefused([Problem(Why.TOO_LARGE)])
    rows = _rows(_text(data))
    places = _header(rows)
    found: list[Payment] = []
    problems: list[Problem] = []
    filled = 0
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        filled += 1
        if filled > MOST_ROWS:
            raise CsvRefused([Problem(Why.TOO_MANY_ROWS, number)])
        read = _Row(number, cells, places)
        payment = read.payment(ways, other, today)
        problems.extend(read.problems)
        if payment is not None:
            found.append(payment)
    if problems:
        raise CsvRefused(problems)
    if not found:
        raise CsvRefused([Problem(Why.NO_ROWS)])
    return tuple(found)


def _text(data: bytes) -> str:
    """The file's text: UTF-8, or what older spreadsheets write (Windows-1252, UTF-16)."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CsvRefused([Problem(Why.WORKBOOK)])
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS.search(text) is None:
            return text
        break
    raise CsvRefused([Problem(Why.NOT_TEXT)])


def _rows(text: str) -> list[list[str]]:
    if not text.strip():
        raise CsvRefused([Problem(Why.EMPTY)])
    first = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error:
        raise CsvRefused([Problem(Why.QUOTES, len(rows) + 1)]) from None
    return rows


def _header(rows: Sequence[Sequence[str]]) -> Mapping[str, int]:
    names = [cell.strip().lower() for cell in rows[0]]
    while names and not names[-1]:
        names.pop()
    if not set(names) & set(COLUMNS):
        raise CsvRefused([Problem(Why.NO_HEADER, 1)])
    problems = [
        Problem(Why.UNKNOWN_COLUMN, 1, text=_short(name)) for name in names if name not in COLUMNS
    ]
    problems += [Problem(Why.TWICE, 1, name) for name in COLUMNS if names.count(name) > 1]
    problems += [Problem(Why.MISSING_COLUMN, 1, name) for name in _NEEDED if name not in names]
    if problems:
        raise CsvRefused(problems)
    return {name: place for place, name in enumerate(names)}


class _Wrong(Exception):
    """A cell does not say what it should."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class _Row:
    """One row, read cell by cell."""

    def __init__(self, number: int, cells: Sequence[str], places: Mapping[str, int]) -> None:
        self.problems: list[Problem] = []
        self._number = number
        self._cells = {
            name: cells[place].strip() if place < len(cells) else ""
            for name, place in places.items()
        }
        if any(cell.strip() for cell in cells[len(places) :]):
            self.problems.append(Problem(Why.TOO_MANY_CELLS, number))

    def payment(self, ways: Mapping[str, How], other: How, today: date) -> Payment | None:
        """What the row says; None where something is wrong with it."""
        on = self._read("date", lambda text: _day(text, today))
        amount = self._read("amount", _amount)
        how = self._read("how", lambda text: _way(text, ways, other))
        note = self._read("note", _note)
        if self.problems or on is None or amount is None or how is None:
            return None
        return Payment(on, amount, how, note or "")

    def _read(self, column: str, parse: Callable[[str], T]) -> T | None:
        text = self._cells.get(column, "")
        try:
            return parse(text)
        except _Wrong as wrong:
            self.problems.append(Problem(wrong.why, self._number, column, _short(text)))
            return None


def _day(text: str, today: date) -> date:
    text = _MIDNIGHT.sub("", text)
    if not text:
        raise _Wrong(Why.MISSING)
    found = _date(text)
    if found is None:
        short = re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}", text, re.ASCII)
        raise _Wrong(Why.TWO_DIGIT_YEAR if short else Why.DATE)
    if found > today:
        raise _Wrong(Why.FUTURE)
    if found < EARLIEST:
        raise _Wrong(Why.TOO_EARLY)
    return found


def _amount(text: str) -> Decimal:
    if not text:
        raise _Wrong(Why.MISSING)
    if re.match(r"[-(\u2212]|\$\s*-", text):
        raise _Wrong(Why.NOT_ABOVE_ZERO)
    if _AMOUNT.fullmatch(text) is None:
        raise _Wrong(Why.AMOUNT)
    amount = Decimal(re.sub(r"[$,\s]", "", text)).quantize(Decimal("0.01"))
    if amount <= 0:
        raise _Wrong(Why.NOT_ABOVE_ZERO)
    if amount > MOST_DOLLARS:
        raise _Wrong(Why.TOO_MUCH)
    return amount


def _way(text: str, ways: Mapping[str, How], other: How) -> How:
    if not text:
        return other
    found = ways.get(" ".join(text.lower().split()))
    if found is None:
        raise _Wrong(Why.HOW)
    return found


def _note(text: str) -> str:
    # What we led by an apostrophe, so that no spreadsheet takes it for a formula, is as it was.
    note = one_line(unguarded(text))
    if len(note) > MOST_NOTE:
        raise _Wrong(Why.NOTE)
    return note


def one_line(text: str | None) -> str:
    """Words of a parent on one line, without signs that are not seen."""
    return " ".join(tidy_words(text).split())


def _date(text: str) -> date | None:
    if not text.isascii():
        return None
    for pattern in _DATES:
        try:
            found = datetime.strptime(text, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
        return found if found.year >= 1900 else None
    return None


def _short(text: str) -> str:
    words = one_line(text)
    return words if len(words) <= 40 else f"{words[:40]}…"
