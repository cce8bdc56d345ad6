"""Reading a column: many values of one kind at once, each distinct value looked at once.

A column that is sound, as nearly all are, costs a set operation or one pass of compiled code; only
where something is wrong are its values taken one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from portal.feeds.schema import Ahead, Column, Kind

Values = Sequence[object]

_KEY_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
_KEY_LENGTH = 32
_AMOUNT = re.compile(r"\d{1,13}\.\d\d")
_SIGNED_AMOUNT = re.compile(r"-?\d{1,13}\.\d\d")
_AMOUNTS = re.compile(r"(?:\d{1,13}\.\d\d\n)*")
_SIGNED_AMOUNTS = re.compile(r"(?:-?\d{1,13}\.\d\d\n)*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PATTERNS = {
    Kind.SSN: re.compile(r"\d{9}", re.ASCII),
    Kind.PIN: re.compile(r"\d{4,12}", re.ASCII),
    Kind.PHONE: re.compile(r"\+[1-9]\d{6,14}", re.ASCII),
    Kind.EMAIL: re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,190}\.[^\s@,;<>\".]{2,63}"),
    Kind.LANGUAGE: re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}", re.ASCII),
    Kind.COUNTRY: re.compile(r"[A-Z]{2}"),
    Kind.JURISDICTION: re.compile(r"\d{2,7}|[A-Z]{2,3}|[A-Z]{2}-[A-Z0-9]{1,3}", re.ASCII),
}
_REJECTED_KINDS = frozenset({Kind.KEY, Kind.MONEY, Kind.SIGNED_MONEY, Kind.WORD, Kind.BOOLEAN})


@dataclass(slots=True)
class Read:
    """A column as read: values ready for the database and what is wrong, by row index."""

    values: Values
    rejected: dict[int, str] = field(default_factory=dict)
    warned: dict[int, str] = field(default_factory=dict)


def read_column(column: Column, values: Sequence[str], latest: str) -> Read:
    """Read one column of a chunk. Empty becomes None, money whole cents, a boolean 0 or 1.

    :param latest: the agency-local date on which the extract was made, as ``YYYY-MM-DD``.
    """
    read = _READERS.get(column.kind, _read_pattern)(column, values)
    if column.kind is Kind.MARK:
        read.values = [1 if value is None else value for value in read.values]
    if column.required:
        for index in _empty(values):
            read.rejected[index] = "is required and is empty"
    if column.ahead is not Ahead.FINE:
        _check_ahead(column, read, latest)
    return read


def _empty(values: Sequence[str]) -> list[int]:
    if "" not in values:
        return []
    return [index for index, value in enumerate(values) if not value]


def _none_for_empty(values: Sequence[str]) -> Values:
    return [value or None for value in values] if "" in values else values


def _read_text(column: Column, values: Sequence[str]) -> Read:
    read = Read(_none_for_empty(values))
    if column.required:
        for index, value in enumerate(values):
            if not value.strip():
                read.rejected[index] = "is required and is empty"
    return read


def _read_key(_column: Column, values: Sequence[str]) -> Read:
    joined = "".join(values)
    sound = joined.isascii() and not joined.encode().translate(None, _KEY_BYTES)
    read = Read(_none_for_empty(values))
    if not sound or max(map(len, values), default=0) > _KEY_LENGTH:
        for index, value in enumerate(values):
            if not is_key(value) and value:
                read.rejected[index] = "is not a readable key"
    return read


def is_key(text: str) -> bool:
    """Whether ``text`` is a key: 1 to 32 of ``A-Z a-z 0-9 - _ .``"""
    is_short = 0 < len(text) <= _KEY_LENGTH
    return is_short and text.isascii() and not text.encode().translate(None, _KEY_BYTES)


def _read_money(column: Column, values: Sequence[str]) -> Read:
    signed = column.kind is Kind.SIGNED_MONEY
    lines = "\n".join(values) + "\n"
    if (_SIGNED_AMOUNTS if signed else _AMOUNTS).fullmatch(lines) and lines.isascii():
        cents = lines.replace(".", "").split("\n")
        cents.pop()
        if len(cents) == len(values):
            return Read(list(map(int, cents)))
    pattern = _SIGNED_AMOUNT if signed else _AMOUNT
    read_values: list[int | None] = []
    read = Read(read_values)
    for index, value in enumerate(values):
        if value.isascii() and pattern.fullmatch(value):
            read_values.append(int(value.replace(".", "")))
            continue
        read_values.append(None)
        if value:
            negative = not signed and _SIGNED_AMOUNT.fullmatch(value)
            read.rejected[index] = (
                "may not be negative" if negative else "is not an amount such as 1234.50"
            )
    return read


def _by_distinct(
    column: Column, values: Sequence[str], convert: Callable[[str], object], reason: str
) -> Read:
    """Read each distinct value once. ``convert`` gives None for what is unreadable."""
    distinct = set(values)
    distinct.discard("")
    found = {value: convert(value) for value in distinct}
    wrong = {value for value, result in found.items() if result is None}
    if wrong or "" in values or any(value != result for value, result in found.items()):
        read = Read([found.get(value) for value in values])
    else:
        read = Read(values)
    if wrong:
        target = read.rejected if _rejects(column) else read.warned
        for index, value in enumerate(values):
            if value in wrong:
                target[index] = reason
    return read


def _rejects(column: Column) -> bool:
    return column.kind in _REJECTED_KINDS or column.required


@lru_cache(maxsize=50_000)
def real_date(text: str) -> str | None:
    """``text`` when it is a real date as ``YYYY-MM-DD``, else None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    return text


def _read_date(column: Column, values: Sequence[str]) -> Read:
    return _by_distinct(column, values, real_date, "is not a date such as 2026-11-20")


def _read_word(column: Column, values: Sequence[str]) -> Read:
    known = column.words
    why = f"is not one of its words: {', '.join(sorted(known))}"
    return _by_distinct(column, values, lambda text: text if text in known else None, why)


def _read_boolean(column: Column, values: Sequence[str]) -> Read:
    return _by_distinct(column, values, {"0": 0, "1": 1}.get, "is not 0 or 1")


def _read_pattern(column: Column, values: Sequence[str]) -> Read:
    pattern = _PATTERNS[column.kind]
    return _by_distinct(
        column,
        values,
        lambda text: text if pattern.fullmatch(text) else None,
        f"is not a readable {column.kind.value}",
    )


def _check_ahead(column: Column, read: Read, latest: str) -> None:
    if max((value for value in set(read.values) if isinstance(value, str)), default="") <= latest:
        return
    target = read.rejected if column.ahead is Ahead.REJECT else read.warned
    for index, value in enumerate(read.values):
        if isinstance(value, str) and value > latest:
            target[index] = "is after the extract was made"


_READERS: dict[Kind, Callable[[Column, Sequence[str]], Read]] = {
    Kind.TEXT: _read_text,
    Kind.KEY: _read_key,
    Kind.MONEY: _read_money,
    Kind.SIGNED_MONEY: _read_money,
    Kind.DATE: _read_date,
    Kind.WORD: _read_word,
    Kind.BOOLEAN: _read_boolean,
    Kind.MARK: _read_boolean,
}
