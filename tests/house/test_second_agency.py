"""A second, invented agency: nothing of the shipped one is hard-wired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal import create_app
from portal.context import Context, open_context
from portal.feeds.errors import FeedRefused
from portal.feeds.load import load
from portal.rules.agency import load_agency
from portal.settings import Settings
from tests.requests.parents import begin_review, send_review
from tests.support.accounts import mails, make_account, sign_in
from tests.support.agencies import LAKELAND_PATH
from tests.support.clock import Clock
from tests.support.families import two_households
from tests.support.fresh import make_tables
from tests.support.page import Page

PUBLIC = ("/", "/sign-in", "/register", "/new-pin", "/privacy", "/accessibility", "/no-such-page")


@pytest.fixture
def lakeland(settings: Settings, clock: Clock) -> Iterator[Context]:
    context = open_context(replace(settings, agency=str(LAKELAND_PATH)), clock)
    make_tables(context.database)
    yield context
    context.database.engine.dispose()


def of_the_shipped_one(text: str) -> list[str]:
    """What a page tells of the shipped agency."""
    shipped = load_agency("massachusetts")
    marks = [
        "Massachusetts",
        "MassHealth",
        *shipped.contact.call_us,
        *shipped.contact.risk_of_harm,
        shipped.names.agency,
        str(shipped.names.division),
    ]
    return [mark for mark in marks if mark in text]


def test_every_page_of_the_second_agency_is_its_own(
    lakeland: Context, tmp_path: Path, clock: Clock
) -> None:
    family = two_households()
    family.builder.agency = "LK"
    load(lakeland, family.builder.write(tmp_path / "extract"))
    page = Page(create_app(context=lakeland))
    for path in PUBLIC:
        seen = page.get(path)
        assert "Lakeland Department of Families" in seen.title
        assert of_the_shipped_one(seen.text) == [], path
    account = make_account(lakeland, participant_id="P")
    sign_in(page, account, clock)
    queue, opened = ["/cases", "/requests", "/requests/new", "/account"], set()
    while queue and len(opened) < 60:
        path = queue.pop()
        if path in opened or not path.startswith("/") or path.startswith("/static"):
            continue
        opened.add(path)
        seen = page.get(path)
        assert of_the_shipped_one(seen.words) == [], path
        if seen.is_html:
            queue += [href.partition("#")[0] for href in seen.links().values()]
    assert len(opened) > 20


def test_its_deadline_rules_hold(lakeland: Context, tmp_path: Path, clock: Clock) -> None:
    """21 days from the notice of November 10, not 30; the later of that and its respond-by date."""
    family = two_households()
    family.builder.agency = "LK"
    for row in family.builder.rows["notices.csv"]:
        row["respond_by"] = ""
    load(lakeland, family.builder.write(tmp_path / "extract"))
    page = Page(create_app(context=lakeland))
    sign_in(page, make_account(lakeland, participant_id="P"), clock)
    assert "December 1, 2026" in page.get("/cases").words


def test_its_rule_for_sharing_is_the_one_that_pages_name(
    lakeland: Context, tmp_path: Path, clock: Clock
) -> None:
    family = two_households()
    family.builder.agency = "LK"
    load(lakeland, family.builder.write(tmp_path / "extract"))
    page = Page(create_app(context=lakeland))
    sign_in(page, make_account(lakeland, participant_id="P"), clock)
    payments = page.get(page.get("/cases").path + "/payments").links()
    words = page.get(payments["Nov 18, 2026"]).words
    assert "past-due support evenly." in words


def test_its_mails_carry_its_name(lakeland: Context, tmp_path: Path, clock: Clock) -> None:
    from portal.notices.worker import run_once

    family = two_households()
    family.builder.agency = "LK"
    load(lakeland, family.builder.write(tmp_path / "extract"))
    page = Page(create_app(context=lakeland))
    sign_in(page, make_account(lakeland, participant_id="P"), clock)
    begin_review(page)
    assert send_review(page)
    assert mails(lakeland)
    run_once(lakeland, lakeland.now())
    written = [p.read_text("utf-8") for p in (lakeland.settings.instance / "mail").glob("*.eml")]
    assert written
    assert all(of_the_shipped_one(text) == [] for text in written)


def test_an_extract_of_another_agency_is_refused(context: Context, tmp_path: Path) -> None:
    """FED-4"""
    family = two_households()
    family.builder.agency = "LK"
    with pytest.raises(FeedRefused, match="LK"):
        load(context, family.builder.write(tmp_path / "extract"))
