"""Fields that know the domain's values: clear words for what they cannot read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from portal.web.access import is_own_path
from portal.web.forms import DateField, MoneyField, TidyField


class Example(Form):
    day = DateField()
    amount = MoneyField()
    line = TidyField()


def filled(app: Flask, **fields: str) -> Example:
    with app.test_request_context():
        form = Example(MultiDict(fields))
        form.validate()
        return form


@pytest.mark.parametrize(
    "text", ["04/30/2026", "4/30/2026", "2026-04-30", "4-30-2026", " 04 / 30 / 2026 "]
)
def test_a_date_is_read_however_it_is_typed(app: Flask, text: str) -> None:
    assert filled(app, day=text).day.data == date(2026, 4, 30)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("yesterday", "month, day and year"),
        ("04/30", "month, day and year"),
        ("April 30 2026", "month, day and year"),
        ("30/04/2026", "no such month"),
        ("2026-13-01", "no such month"),
        ("0/10/2026", "no such month"),
        ("02/29/2025", "no such day in this month"),
        ("2026-02-30", "no such day in this month"),
        ("04/00/2026", "no such day in this month"),
        ("04/30/26", "four digits"),
        ("13/13/13", "four digits"),
        ("4.30.026", "four digits"),
        ("04/30/20266", "four digits"),
        ("04/30/0026", "1900 or later"),
    ],
)
def test_what_is_no_date_is_kept_and_explained(app: Flask, text: str, told: str) -> None:
    form = filled(app, day=text)
    assert form.day.data is None
    assert form.day._value() == text
    assert len(form.day.errors) == 1
    assert told in str(form.day.errors[0])


@pytest.mark.parametrize(
    ("text", "amount"), [("125.5", "125.50"), ("$1,234.50", "1234.50"), ("7", "7.00")]
)
def test_money_is_exact(app: Flask, text: str, amount: str) -> None:
    assert filled(app, amount=text).amount.data == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["1.234", "-5", "0", "NaN", "Infinity", "1e9", "ten", "99999999999"]
)
def test_what_is_no_amount_is_explained(app: Flask, text: str) -> None:
    form = filled(app, amount=text)
    assert form.amount.data is None
    assert form.amount.errors


def test_a_line_is_one_line(app: Flask) -> None:
    """INJ-3: no line break gets from a one-line field into a mail or a log."""
    assert filled(app, line=" a\r\nBcc: x\x00 b ").line.data == "a Bcc: x b"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("علی\u200cرضا", "علی\u200cرضا"),
        (" क्\u200dष ", "क्\u200dष"),
        ("Jo\u200dan\u200c", "Joan"),
        ("\u200c\u200d", ""),
        ("\u200c علی", "علی"),
        ("abc\u202edef\u200bghi", "abc def ghi"),
    ],
)
def test_a_name_keeps_its_joiners(app: Flask, text: str, kept: str) -> None:
    """Persian and Indian names need them; after plain letters, or alone, they only mislead."""
    assert filled(app, line=text).line.data == kept


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "/%2f%2fevil.example",
        "javascript:alert(1)",
        "/\tevil",
        "/a\nb",
        "",
        None,
        "\\\\evil",
        "/ok//evil",
    ],
)
def test_next_follows_own_paths_only(target: str | None) -> None:
    """INJ-4"""
    assert not is_own_path(target)


@pytest.mark.parametrize(
    "target", ["/", "/cases/abc/payments?from=2026-01-01&to=2026-02-01", "/requests"]
)
def test_next_follows_own_paths(target: str) -> None:
    assert is_own_path(target)
