"""Reading changes nothing: every address, opened twice by every kind of visitor (CSR-2).

Apart, by intent: when a session was last seen, the trail, who opened whose record, and a message that
was shown once.
"""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.context import Context
from portal.database import Base
from portal.security.permissions import StaffRole
from tests.own_records.logs import add
from tests.requests.parents import begin_review, load_parents, photo, send_address, upload
from tests.support.accounts import TestAccount, give_password, sign_in
from tests.support.clock import Clock
from tests.support.page import ORIGIN, Page
from tests.support.staff import make_staff

APART = {"audit_events", "record_openings"}
APART_COLUMNS = {"seen_at"}


def checksum(context: Context) -> dict[str, str]:
    """A hash of all rows of each table of ours, and of the record's and the evidence's files."""
    found = {}
    with context.database.session() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in APART:
                columns = [it for it in table.columns if it.name not in APART_COLUMNS]
                rows = sorted(repr(tuple(row)) for row in session.execute(select(*columns)))
                found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    for path in sorted(context.settings.instance.rglob("*")):
        if path.is_file() and not path.name.startswith("portal.db"):
            found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def addresses(app: Flask, page: Page) -> list[str]:
    """Every address that answers a GET: as links give it, and with made-up ids."""
    found = {
        re.sub(r"<[^>]+>", "A" * 43, rule.rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    }
    waiting = ["/", "/cases", "/requests", "/requests/new", "/account", "/staff"]
    opened: set[str] = set()
    while waiting:
        path = waiting.pop().partition("#")[0]
        if path in opened or not path.startswith("/") or path.startswith("/static"):
            continue
        opened.add(path)
        seen = page.get(path)
        if seen.is_html:
            waiting.extend(seen.links().values())
    return sorted(found | opened)


@pytest.fixture
def payor(context: Context, tmp_path: Path, app: Flask) -> TestAccount:
    """A parent with something of every kind: drafts, files, a request sent."""
    parents = load_parents(context, tmp_path)
    page = Page(app)
    sign_in(page, parents.payor)
    send_address(page)
    begin_review(page)
    upload(page, photo())
    add(page, "11/06/2026", "77.00", file=(io.BytesIO(photo()), "stub.jpg"))
    return parents.payor


@pytest.mark.parametrize("who", ["a visitor", "half signed in", "signed in", "of the staff"])
def test_opening_everything_twice_changes_nothing(
    app: Flask, page: Page, context: Context, clock: Clock, payor: TestAccount, who: str
) -> None:
    """CSR-2: GET and HEAD, also with a token, a method and form fields in the address."""
    clock.forward(minutes=1)
    if who == "half signed in":
        give_password(page, payor)
    if who == "signed in":
        sign_in(page, payor)
    if who == "of the staff":
        sign_in(page, make_staff(context, *StaffRole))
    paths = addresses(app, page)
    assert len(paths) > (90 if who in ("signed in", "of the staff") else 40)
    before = checksum(context)
    page.lint = False
    query = "token=made.up.token&_method=DELETE&action=add&draft=x"
    for path in paths:
        clock.forward(seconds=4)
        page.get(path, follow=False)
        page.get(path, follow=False)
        page.get(f"{path}{'&' if '?' in path else '?'}{query}", follow=False)
        page.client.head(path, base_url=ORIGIN)
    assert checksum(context) == before


def test_a_message_is_shown_once(page: Page, context: Context, payor: TestAccount) -> None:
    """It is taken out of the session after the answer, not while reading."""
    sign_in(page, payor)
    page.get("/account/phone")
    shown = page.submit(phone="617 555 0199", no_phone=None)
    assert "Your cell phone answer was changed." in shown.text
    before = checksum(context)
    assert "Your cell phone answer was changed." not in page.get("/account").text
    assert checksum(context) == before
