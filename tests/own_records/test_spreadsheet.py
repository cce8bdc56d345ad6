"""Many payments from a file: read, shown, then kept, all or none."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from portal.context import Context
from portal.own_records import keep_entries
from portal.own_records.models import OwnRecord
from tests.own_records.logs import add, hidden, post_at_once, records
from tests.support.page import Page, Seen

FILE = (
    "date,amount,how,note\r\n"
    "11/06/2026,77.00,check,number 1042\r\n"
    '2026-11-13,"$1,234.50",,"with, a comma"\r\n'
)


def send(page: Page, data: str | bytes = FILE, name: str = "log.csv") -> Seen:
    raw = data.encode() if isinstance(data, str) else data
    page.get(f"{records(page)}/csv")
    return page.submit("/csv", file=(io.BytesIO(raw), name))


def count(context: Context) -> int:
    with context.database.session() as session:
        return session.query(OwnRecord).count()


def test_a_file_is_shown_before_it_is_kept(payor: Page, context: Context) -> None:
    seen = send(payor)
    assert seen.h1 == "Check the payments"
    assert "We read 2 payments in your file. Nothing is kept yet." in seen.words
    assert "$1,311.50" in seen.words
    assert count(context) == 0
    kept = payor.submit("/rows")
    assert "2 payments are in your records." in kept.words
    assert "number 1042" in kept.words
    assert "with, a comma" in kept.words
    assert count(context) == 2


def test_what_is_wrong_is_told_and_nothing_is_taken(payor: Page, context: Context) -> None:
    seen = send(payor, FILE + "13/45/2026,1.00,cash,\r\n11/06/2026,abc,boat,\r\n")
    assert "We took nothing from this file" in seen.errors
    assert "Row 4, date: “13/45/2026”. Write the date as 11/06/2026 or 2026-11-06." in seen.words
    assert "Row 5, amount: “abc”. Write dollars and cents, such as 1,234.50." in seen.words
    assert "Row 5, how: “boat”. Write one of these: employer, online, check" in seen.words
    assert count(context) == 0


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04", "This is a workbook."),
        (b"date,amount\n11/06/2026,1\x00\n", "This file is not plain text."),
        (b"date,amount\n" + b"11/06/2026,1.00\n" * 20_000, "This file is too large."),
        (b"date,amount\n<script>alert(1)</script>,1.00\n", "“<script>alert(1)</script>”"),
    ],
)
def test_hostile_files_change_nothing(
    payor: Page, context: Context, data: bytes, told: str
) -> None:
    assert told in send(payor, data).words
    assert count(context) == 0


def test_no_file_is_told(payor: Page) -> None:
    payor.get(f"{records(payor)}/csv")
    assert "Choose a file" in payor.submit("/csv").errors


def test_the_same_file_again_adds_nothing(payor: Page, context: Context) -> None:
    send(payor)
    payor.submit("/rows")
    seen = send(payor)
    assert "2 of them are in your records already. We leave them out." in seen.words
    assert not seen.document.query("form[action$='/rows']")
    assert count(context) == 2


def test_two_alike_in_a_file_are_two_payments(payor: Page, context: Context) -> None:
    add(payor, "11/06/2026", "77.00", how="cash")
    seen = send(payor, "date,amount,how\n11/06/2026,77.00,cash\n11/06/2026,77.00,cash\n")
    assert "1 of them is in your records already." in seen.words
    payor.submit("/rows")
    assert count(context) == 2


def test_twenty_presses_keep_a_file_once(app: Flask, payor: Page, context: Context) -> None:
    """CON-1"""
    send(payor)
    base = records(payor)
    send(payor)
    fields = {"once": hidden(payor, "once"), "rows": hidden(payor, "rows")}
    assert post_at_once(app, payor, f"{base}/csv/rows", fields) == {f"302 {base}"}
    assert count(context) == 2


def test_rows_that_were_changed_on_the_way_are_refused(payor: Page, context: Context) -> None:
    send(payor)
    base = records(payor)
    for rows in ("", "date,amount\nx,1\n", "date,amount\n11/06/2026,1\x00\n", "x" * 450_000):
        answer = payor.post(f"{base}/csv/rows", {"once": "o", "rows": rows})
        assert answer.status in (400, 413)
    assert payor.post(f"{base}/csv/rows", {"rows": FILE}).status == 400
    assert count(context) == 0


def test_a_full_log_takes_none_of_a_file(
    payor: Page, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_entries, "MOST_ENTRIES", 1)
    send(payor)
    assert "Your records are full" in payor.submit("/rows").errors
    assert count(context) == 0


def test_a_custodial_parent_writes_how_it_came(marked: Page) -> None:
    assert "Row 2, how" in send(marked, "date,amount,how\n11/06/2026,1.00,employer\n").words
    assert "On my payment card" in send(marked, "date,amount,how\n11/06/2026,1.00,card\n").words


def test_the_files_columns_are_those_that_are_written(payor: Page, context: Context) -> None:
    send(payor)
    payor.submit("/rows")
    text = payor.get(records(payor) + ".csv").body
    assert "2 of them are in your records already" in send(payor, text).words
