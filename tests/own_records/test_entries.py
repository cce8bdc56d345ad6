"""Adding a payment by hand, changing it, taking it out."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask

from portal.context import Context
from portal.own_records import keep_entries
from portal.own_records.models import OwnReceipt, OwnRecord
from portal.requests.models import EvidenceFile
from tests.own_records.logs import add, entry_paths, hidden, post_at_once, records
from tests.requests.parents import photo
from tests.support.page import Page


def count(context: Context, model: Any = OwnRecord) -> int:
    with context.database.session() as session:
        return int(session.query(model).count())


def test_a_new_payment_is_todays_and_paid_as_the_last_one_was(payor: Page) -> None:
    """Adding one takes an amount and one press."""
    add(payor, "11/20/2026", "50.00", how="cash")
    seen = payor.get(f"{records(payor)}/new")
    assert 'value="11/22/2026"' in seen.text
    assert 'selected value="cash"' in seen.text
    assert payor.submit("/new", amount="12.34").h1 == "Your own records"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"amount": ""}, "Enter the amount"),
        ({"amount": "12.345"}, "Enter an amount in dollars and cents"),
        ({"amount": "-5"}, "Enter an amount in dollars and cents"),
        ({"amount": "2000000"}, "This is more than we can take"),
        ({"on": ""}, "Enter the date"),
        ({"on": "11/23/2026"}, "Enter a date that is not in the future"),
        ({"on": "02/30/2026"}, "There is no such day in this month"),
        ({"how": "deposit"}, "Not a valid choice"),
        ({"note": "x" * 201}, "Use 200 letters or fewer"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    payor: Page, context: Context, fields: dict[str, str], told: str
) -> None:
    payor.get(f"{records(payor)}/new")
    typed = {"on": "11/06/2026", "amount": "77.00", "how": "cash", "note": "kept words"} | fields
    seen = payor.submit("/new", **typed)
    assert told in seen.errors
    if "note" not in fields:
        assert "kept words" in seen.text
    assert count(context) == 0


def test_signs_that_are_not_seen_are_taken_out_of_a_note(payor: Page) -> None:
    seen = add(payor, "11/06/2026", "77.00", note="a\u202eb\u200b c")
    assert "a b c" in seen.words
    assert "\u202e" not in seen.text


def test_the_same_form_sent_twice_adds_once(payor: Page, context: Context) -> None:
    """CON-1: Back, and Save again."""
    payor.get(f"{records(payor)}/new")
    form = payor.seen
    payor.submit("/new", amount="77.00")
    payor.seen = form
    payor.submit("/new", amount="77.00")
    assert count(context) == 1


def test_twenty_presses_at_one_moment_add_once(app: Flask, payor: Page, context: Context) -> None:
    """CON-1"""
    base = records(payor)
    payor.get(f"{base}/new")
    fields = {"on": "11/06/2026", "amount": "77.00", "how": "cash", "once": hidden(payor, "once")}
    assert post_at_once(app, payor, f"{base}/new", fields) == {f"302 {base}"}
    assert count(context) == 1


def test_an_entry_is_changed(payor: Page, context: Context) -> None:
    add(payor, "11/06/2026", "77.00", note="first note")
    [path] = entry_paths(payor)
    assert "Payment of November 6, 2026: $77.00" in payor.get(path).words
    seen = payor.submit(path, on="10/05/2026", amount="78.10", how="cash", note="second note")
    assert "first note" not in seen.words
    assert "second note" in seen.words
    assert "$78.10" in seen.words
    assert count(context) == 1


def test_an_entry_goes_with_its_receipts(payor: Page, context: Context) -> None:
    add(payor, "11/06/2026", "77.00", file=(io.BytesIO(photo()), "stub.jpg"))
    assert count(context, OwnReceipt) == 1
    [path] = entry_paths(payor)
    payor.get(f"{path}/removal")
    seen = payor.submit("/removal")
    assert "You have not written down a payment yet." in seen.words
    assert (count(context), count(context, OwnReceipt)) == (0, 0)
    with context.database.session() as session:
        assert session.query(EvidenceFile).one().state == "removed"  # and swept after a day
    assert payor.get(path).status == 404


def test_an_account_holds_only_so_many(
    payor: Page, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_entries, "MOST_ENTRIES", 2)
    add(payor, "11/06/2026", "77.00")
    add(payor, "11/07/2026", "77.00")
    assert "Your records are full" in add(payor, "11/08/2026", "77.00").errors
    assert count(context) == 2


def test_all_that_was_typed_lies_sealed(payor: Page, context: Context) -> None:
    """KEY-2: no amount, no day, no word of it stands in the database."""
    add(payor, "11/06/2026", "7654.32", how="cash", note="Marigold Street")
    for path in context.settings.instance.glob("portal.db*"):
        data = path.read_bytes()
        for text in (rb"Marigold", rb"7654\.32", rb"(?<![0-9a-f])765432(?![0-9a-f])"):
            assert not re.search(text, data), path


def test_nothing_is_mailed_and_the_trail_holds_no_words(payor: Page, context: Context) -> None:
    from portal.audit.models import AuditEvent
    from portal.notices.models import OutboxItem

    with context.database.session() as session:
        before = session.query(OutboxItem).count()
    add(payor, "11/06/2026", "7654.32", note="Marigold Street")
    with context.database.session() as session:
        assert session.query(OutboxItem).count() == before
        [event] = session.query(AuditEvent).filter_by(name="own-record:added").all()
        assert event.detail == {}
