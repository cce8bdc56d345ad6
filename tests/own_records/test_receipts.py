"""Receipts: cleaned and sealed like evidence, and the parent's own."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.own_records import receipts
from portal.own_records.models import OwnReceipt
from portal.requests.check_evidence import SWEEP_AFTER, check_pending, sweep_unreferenced
from portal.requests.models import EvidenceFile
from tests.own_records.logs import add, entry_paths, records
from tests.requests.parents import exported, photo
from tests.support.clock import Clock
from tests.support.page import Page, Seen


def with_receipt(page: Page, data: bytes | None = None, name: str = "stub.jpg") -> Seen:
    return add(page, "11/06/2026", "77.00", file=(io.BytesIO(data or photo()), name))


def saves(page: Page) -> list[str]:
    [path] = entry_paths(page)
    return [it for it in page.get(path).links().values() if "/receipts/" in it]


def test_a_receipt_comes_with_the_payment(payor: Page, context: Context) -> None:
    assert "1 receipt" in with_receipt(payor).words
    [address] = saves(payor)
    file = payor.get(address)
    assert file.body.startswith(b"\xff\xd8")
    assert file.headers["Content-Disposition"].startswith("attachment")
    with context.database.session() as session:
        row = session.query(EvidenceFile).one()
        assert (row.draft_id, row.submission_id, row.state) == (None, None, "ready")


def test_a_file_that_is_refused_keeps_what_was_typed(payor: Page, context: Context) -> None:
    seen = with_receipt(payor, b"MZ not a picture", "stub.jpg")
    assert seen.h1 == "Add a payment"
    assert "We could not open this file" in seen.errors or "Choose a photo" in seen.errors
    assert 'value="77.00"' in seen.text
    with context.database.session() as session:
        assert session.query(EvidenceFile).count() == 0
    assert "You have not written down a payment yet." in payor.get(records(payor)).words


def test_three_receipts_and_not_one_more(payor: Page) -> None:
    """UPL-1"""
    with_receipt(payor)
    [path] = entry_paths(payor)
    for number in range(2):
        payor.get(path)
        payor.submit(path, file=(io.BytesIO(photo(100 + number)), f"side{number}.jpg"))
    assert len(saves(payor)) == 3
    payor.get(path)
    seen = payor.submit(path, file=(io.BytesIO(photo(200)), "more.jpg"))
    assert "That is enough files: 3 for a payment" in seen.errors


def test_the_same_file_twice_is_told(payor: Page) -> None:
    data = photo()
    with_receipt(payor, data)
    [path] = entry_paths(payor)
    payor.get(path)
    seen = payor.submit(path, file=(io.BytesIO(data), "again.jpg"))
    assert "You already added this file. It is called “stub.jpg”." in seen.errors


def test_a_receipt_is_taken_out_and_swept(payor: Page, context: Context, clock: Clock) -> None:
    with_receipt(payor)
    [path] = entry_paths(payor)
    seen = payor.get(path)
    payor.submit("/removal")
    assert saves(payor) == []
    assert seen.path == path
    clock.set(clock() + SWEEP_AFTER + timedelta(hours=1))
    sweep_unreferenced(context, context.now())
    with context.database.session() as session:
        assert session.query(EvidenceFile).count() == 0
        assert session.query(OwnReceipt).count() == 0


def test_a_receipt_that_is_kept_is_never_swept(payor: Page, context: Context, clock: Clock) -> None:
    with_receipt(payor)
    clock.forward(days=2)
    sweep_unreferenced(context, context.now())
    with context.database.session() as session:
        assert session.query(EvidenceFile).one().state == "ready"


def test_what_waits_for_the_scanner_is_not_given_back(payor: Page, context: Context) -> None:
    """UPL-2"""
    with_receipt(payor)
    [address] = saves(payor)
    with context.database.transaction() as session:
        session.scalars(select(EvidenceFile)).one().state = "being_checked"
    assert payor.get(address).status == 404
    assert "being checked" in payor.get(entry_paths(payor)[0]).words

    class Finds:
        def is_clean(self, _data: bytes) -> bool:
            return False

    check_pending(context, context.now(), Finds())
    assert "refused: a virus was found" in payor.get(entry_paths(payor)[0]).words
    assert payor.get(address).status == 404


def test_an_account_holds_only_so_many(payor: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """UPL-1"""
    monkeypatch.setattr(receipts, "MOST_OF_ACCOUNT", 1)
    with_receipt(payor)
    seen = add(payor, "11/07/2026", "78.00", file=(io.BytesIO(photo()), "b.jpg"))
    assert "That is enough files" in seen.errors


def test_the_agency_is_told_nothing_of_a_log(payor: Page, context: Context) -> None:
    before = len(exported(context))
    with_receipt(payor)
    assert len(exported(context)) == before
