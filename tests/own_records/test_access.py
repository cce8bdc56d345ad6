"""Nobody but the parent: not the other one, not a second account, not the staff."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Flask

from portal.context import Context
from portal.own_records.models import OwnRecord
from portal.security.permissions import StaffRole
from tests.own_records.logs import add, entry_paths, hidden, records
from tests.requests.parents import Parents, photo
from tests.support.accounts import sign_in
from tests.support.page import Page
from tests.support.staff import make_staff

MADE_UP = "A" * 86


@pytest.fixture
def kept(payor: Page) -> list[str]:
    """The addresses of a payor's log, an entry and its receipt."""
    add(payor, "11/06/2026", "7654.32", note="Marigold", file=(io.BytesIO(photo()), "stub.jpg"))
    base = records(payor)
    [entry] = entry_paths(payor)
    [receipt] = [it for it in payor.get(entry).links().values() if "/receipts/" in it]
    tails = ["", ".csv", "/new", "/csv"]
    return [base + tail for tail in tails] + [entry, f"{entry}/removal", receipt]


def test_the_other_parent_finds_nothing(kept: list[str], marked: Page) -> None:
    """ACL-1: the same 404 as for an address made up, to read and to write."""
    own = records(marked)
    for address in kept:
        assert marked.get(address).status == 404, address
        assert marked.post(address, {"amount": "1.00"}).status in (404, 405), address
        crossed = re.sub(r"^/cases/[^/.]+/own-records", own, address)
        if crossed not in (own, f"{own}.csv", f"{own}/new", f"{own}/csv"):
            assert marked.get(crossed).status == 404, crossed
    for tail in ("", ".csv"):
        assert "Marigold" not in marked.get(own + tail).text


def test_the_other_parents_pages_are_the_same_bytes(payor: Page, marked: Page) -> None:
    """PRV-1: that a log is kept shows nowhere."""
    base = marked.get("/cases").path
    tails = ("", "/payments", "/own-records", "/how-we-got-here", "/letters")
    before = [marked.get(base + tail).source for tail in tails]
    add(payor, "11/06/2026", "7654.32", note="Marigold")
    assert [marked.get(base + tail).source for tail in tails] == before


def test_an_entry_opens_on_its_own_case_only(kept: list[str], payor: Page) -> None:
    """P pays on two cases: an entry of one is not found on the other."""
    other = records(payor, case=1)
    assert "Marigold" not in payor.get(other).text
    for address in kept[4:]:
        crossed = re.sub(r"^/cases/[^/.]+/own-records", other, address)
        assert payor.get(crossed).status == 404


def test_made_up_ids_are_404(kept: list[str], payor: Page) -> None:
    base = records(payor)
    for tail in (f"/{MADE_UP}", f"/{MADE_UP}/removal", f"/{MADE_UP}/receipts/x"):
        assert payor.get(base + tail).status == 404
    assert payor.get(kept[4] + "/receipts/" + "0" * 32).status == 404
    assert payor.post(kept[4] + "/receipts/" + "0" * 32 + "/removal").status == 404


def test_the_staff_find_nothing(kept: list[str], app: Flask, context: Context) -> None:
    """ACL-3: with every role there is."""
    page = Page(app)
    sign_in(page, make_staff(context, *StaffRole))
    for address in kept:
        assert page.get(address).status == 404, address


def test_a_visitor_is_led_to_sign_in(kept: list[str], app: Flask) -> None:
    page = Page(app)
    for address in kept:
        assert page.get(address, follow=False).headers["Location"].startswith("/sign-in?next=")


def test_nothing_is_written_without_the_token(payor: Page, context: Context) -> None:
    """CSR-1"""
    base = records(payor)
    payor.get(f"{base}/new")
    fields = {"on": "11/06/2026", "amount": "1.00", "how": "cash", "once": hidden(payor, "once")}
    assert payor.post(f"{base}/new", fields, csrf=False).status == 400
    assert payor.post(f"{base}/review", {}, csrf=False).status == 400
    with context.database.session() as session:
        assert session.query(OwnRecord).count() == 0


def test_two_parents_forms_with_one_word_are_two_payments(
    payor: Page, marked: Page, context: Context
) -> None:
    """The word that makes a form count once is its account's own."""
    for page, how in ((payor, "cash"), (marked, "card")):
        base = records(page)
        page.get(f"{base}/new")
        fields = {"on": "11/06/2026", "amount": "1.00", "how": how, "once": "same"}
        assert page.post(f"{base}/new", fields).path == base
    with context.database.session() as session:
        assert session.query(OwnRecord).count() == 2


def test_the_log_names_nobody_to_the_staffs_pages(
    kept: list[str], app: Flask, context: Context, parents: Parents, tmp_path: Path
) -> None:
    """Not in a queue, not where a parent is looked up, not among the files of requests."""
    page = Page(app, lint=False)
    sign_in(page, make_staff(context, *StaffRole))
    for path in ("/staff", "/staff/requests"):
        seen = page.get(path)
        assert "Marigold" not in seen.text
        assert "7,654.32" not in seen.text
