"""A review from the payor's form to the decision, both sides in real browsers, checked by axe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.feeds.export import export
from portal.feeds.load import load
from portal.security.permissions import StaffRole
from tests.browser.steps import Walk, photo
from tests.browser.test_devices import sign_in
from tests.browser.test_main_job import file_review
from tests.support.accounts import make_account
from tests.support.extract import one_family
from tests.support.live import LivePortal
from tests.support.staff import make_staff

pytestmark = pytest.mark.browser
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }} #eval("1+1")'


@pytest.fixture
def browser_of(chromium: Browser, live: LivePortal) -> Iterator[Callable[[int], Walk]]:
    opened: list[Walk] = []

    def make(width: int) -> Walk:
        opened.append(Walk(chromium, live, width=width, script=True))
        return opened[-1]

    yield make
    for walk in opened:
        walk.close()


def test_filed_taken_asked_granted_in_part_and_read(
    browser_of: Callable[[int], Walk], live: LivePortal, tmp_path: Path
) -> None:
    """The payor on a phone, the caseworker at a desk; hostile words run nowhere (INJ-2)."""
    load(live.context, one_family().builder.write(tmp_path / "extract"))
    payor, desk = browser_of(360), browser_of(1280)
    account = make_account(live.context, participant_id="P", email="morgan@mail.example")
    worker = make_staff(live.context, StaffRole.CASEWORKER)
    sign_in(payor, account)
    number = file_review(payor, tmp_path)
    sign_in(desk, worker)

    desk.open(f"/staff/requests/{number}")
    desk.press("Take it")
    desk.see(f"Administrative review {number}")
    desk.follow("Ask the parent for more")
    desk.see("Ask the parent for more")
    desk.page.locator("[name=words]").fill(f"Please send your pay stub. {HOSTILE}")
    desk.press("Ask")
    desk.see(f"Administrative review {number}")
    assert "Waiting for the parent" in desk.words()

    payor.open(f"/requests/{number}")
    payor.follow("Send what we asked for")
    payor.see("Send what we asked for")
    payor.page.locator("[name=words]").fill(f"Here it is. {HOSTILE}")
    payor.page.set_input_files("input[type=file]", photo(tmp_path))
    payor.press("Add this file")
    payor.see("Send what we asked for")
    payor.press("Send")
    payor.see(f"Administrative review {number}")

    decide(desk, number)
    payor.open(f"/requests/{number}")
    assert "We agree with part of it" in payor.words()
    assert "January 6, 2027" in payor.words()
    payor.follow("Decision on your request")
    payor.check()
    folder = tmp_path / "out"
    export(live.context, folder, after=0)
    rows = [json.loads(line) for line in (folder / "submissions.jsonl").open(encoding="utf-8")]
    assert [row["event"] for row in rows if row["event"] == "decided"] == ["decided"]
    for mail in live.mails("morgan@mail.example"):
        for fact in ("C1", "$", "delinquency", "pay stub", "Reed", "review", "alert"):
            assert fact not in mail, f"a mail tells {fact!r}"
    for walk in (payor, desk):
        assert walk.complaints == []


def decide(desk: Walk, number: str) -> None:
    """Look at the evidence, answer each line, look at the letter, send it."""
    desk.open(f"/staff/requests/{number}")
    desk.follow("Look at it")
    desk.check()
    sizes = "Array.from(document.querySelectorAll('main img'), it => it.naturalWidth)"
    desk.page.wait_for_load_state("networkidle")
    assert min(desk.page.evaluate(sizes)) > 0
    desk.open(f"/staff/requests/{number}")
    desk.follow("Decide")
    desk.see("Decide request")
    rows = desk.page.locator(".work-line")
    for index in range(rows.count()):
        row = rows.nth(index)
        row.locator("label", has_text="In part").first.click()
        row.locator("input[type=text]").first.fill("40.00")
        row.locator("textarea").fill(f"We found a part of it. {HOSTILE}")
    desk.press("Save and see the letter")
    desk.see("The letter, before it is sent")
    assert min(desk.page.evaluate(sizes)) > 0
    desk.press("Decide and send the letter")
    desk.see(f"Administrative review {number}")
    assert "Decided" in desk.words()
