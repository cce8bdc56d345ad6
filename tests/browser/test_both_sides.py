"""A review through both sides, as the demo walks it: filed, taken from the queue, asked, answered,
decided line by line, read by the payor, handed to the agency."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from portal.feeds.export import export
from portal.feeds.load import load
from portal.requests.stayed_cases import stayed_cases
from portal.security.permissions import StaffRole
from tests.browser.steps import Walk, photo
from tests.browser.test_devices import sign_in
from tests.browser.test_main_job import number_shown
from tests.support.accounts import TestAccount, make_account
from tests.support.extract import one_family
from tests.support.live import LivePortal
from tests.support.staff import make_staff
from tests.support.tokens import without_tokens
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
EMAIL = "morgan@mail.example"
JUDGE_BY = "January 6, 2027"
"""45 days after November 22, 2026."""
LINES = (
    ("2026-11-06", "100.00", "granted", "", "Your employer's list shows it."),
    ("2026-11-13", "80.00", "partly", "30.00", "We found $30.00 of it."),
    (None, None, "denied", "", "The charges follow the order."),
)


@dataclass
class Sides:
    payor: Walk
    desk: Walk
    live: LivePortal


@pytest.fixture(
    params=[(360, 1280, True), (1280, 360, True), (360, 1280, False)],
    ids=["payor-360", "staff-360", "no-script"],
)
def sides(
    request: pytest.FixtureRequest, chromium: Browser, live: LivePortal, tmp_path: Path
) -> Iterator[Sides]:
    """The payor's browser and the caseworker's, both signed in by authenticator."""
    parent_wide, staff_wide, script = request.param
    load(live.context, one_family().builder.write(tmp_path / "extract"))
    payor = Walk(chromium, live, width=parent_wide, script=script)
    desk = Walk(chromium, live, width=staff_wide, script=script)
    signing: list[tuple[Walk, TestAccount]] = [
        (payor, make_account(live.context, participant_id="P", email=EMAIL)),
        (desk, make_staff(live.context, StaffRole.CASEWORKER)),
    ]
    for walk, account in signing:
        sign_in(walk, account)
    yield Sides(payor, desk, live)
    payor.close()
    desk.close()


def test_from_the_form_to_the_decision_and_the_export(sides: Sides, tmp_path: Path) -> None:
    payor, desk, live = sides.payor, sides.desk, sides.live
    number = file(payor)
    assert stayed(live) == {"C1"}
    payor.open("/requests")
    assert "new enforcement paused" in payor.words()

    take(desk, number)
    ask(desk, number)
    answer(payor, number, tmp_path)
    decide(desk, number)
    assert stayed(live) == set()

    read_decision(payor, number)
    exported(live, number, tmp_path)
    wait_until(lambda: len(live.mails(EMAIL)) >= 3, "the mails")
    for mail in live.mails(EMAIL):
        for fact in ("C1", "$", "delinquency", "pay stub", "Reed", "review", "decision"):
            assert fact not in without_tokens(mail), f"a mail tells {fact!r}"
    assert payor.complaints + desk.complaints == []


def stayed(live: LivePortal) -> frozenset[str]:
    with live.context.database.session() as session:
        return stayed_cases(session, ["C1"], live.context.now())


def file(payor: Walk) -> str:
    """From the first page of the case to the receipt; two payments and one more ground."""
    payor.follow("Your case")
    payor.follow("Ask for a review")
    payor.tick("Notice of delinquency dated")
    payor.press("Continue")
    payor.see("What is wrong?")
    payor.tick("Payments I made")
    payor.tick("The amount is wrong")
    payor.page.locator("main textarea").fill("I paid in November.")
    payor.press("Continue")
    payor.see("Payments you say were made")
    for row, (day, amount, *_) in enumerate(LINES[:2]):
        assert day is not None
        assert amount is not None
        year, month, on = day.split("-")
        payor.page.locator(f"[name=payments-{row}-on]").fill(f"{month}/{on}/{year}")
        payor.page.locator(f"[name=payments-{row}-amount]").fill(amount)
        payor.page.locator(f"[name=payments-{row}-how]").select_option(index=1)
    payor.press("Continue")
    payor.see("Papers and photos")
    payor.press("Continue")
    payor.see("Check your answers")
    payor.press("Send")
    payor.see("We have your request")
    return number_shown(payor)


def take(desk: Walk, number: str) -> None:
    """Signing in led to the queue; it is there, late ones first, and nobody's."""
    desk.see("Queue")
    desk.open("/staff/queue")
    row = desk.page.locator("tr", has_text=number)
    assert "nobody" in row.inner_text()
    row.get_by_role("button", name="Take it").click()
    desk.page.wait_for_load_state()
    desk.see(f"Administrative review {number}")
    desk.open("/staff/queue")
    assert "you" in desk.page.locator("tr", has_text=number).inner_text()
    desk.follow(number)
    desk.see(f"Administrative review {number}")
    words = desk.words()
    assert "I paid in November." in words
    assert "new enforcement paused" in words


def ask(desk: Walk, number: str) -> None:
    desk.follow("Ask the parent for more")
    desk.see("Ask the parent for more")
    desk.page.locator("[name=words]").fill("Please send the pay stub of November 13.")
    desk.press("Ask")
    desk.see(f"Administrative review {number}")
    assert "Waiting for the parent" in desk.words()


def answer(payor: Walk, number: str, folder: Path) -> None:
    """The payor sees on the case's first page that something is asked, and sends it."""
    payor.open("/cases")
    payor.open(f"/requests/{number}")
    assert "Please send the pay stub of November 13." in payor.words()
    payor.follow("Send what we asked for")
    payor.see("Send what we asked for")
    payor.page.locator("[name=words]").fill("Here it is.")
    payor.page.set_input_files("input[type=file]", photo(folder))
    payor.press("Add this file")
    payor.see("Send what we asked for")
    assert "pay stub.jpg" in payor.words()
    payor.press("Send")
    payor.see(f"Administrative review {number}")


def decide(desk: Walk, number: str) -> None:
    """Look at the stub, answer line by line, look at the letter, send it."""
    desk.open("/staff/queue")
    desk.follow(number)
    desk.follow("Look at it")
    desk.check()
    assert drawn(desk)
    desk.open(f"/staff/requests/{number}")
    desk.follow("Decide")
    desk.see(f"Decide request {number}")
    rows = desk.page.locator(".work-line")
    assert rows.count() == len(LINES)
    said = {"granted": "Granted", "partly": "In part", "denied": "Denied"}
    for index, (_on, _claimed, outcome, amount, reason) in enumerate(LINES):
        row = rows.nth(index)
        row.locator("label", has_text=said[outcome]).first.click()
        row.locator("textarea").fill(reason)
        if amount:
            row.locator("input[type=text]").first.fill(amount)
    desk.press("Save and see the letter")
    desk.see("The letter, before it is sent")
    assert drawn(desk)
    desk.press("Decide and send the letter")
    desk.see(f"Administrative review {number}")
    assert "granted in part" in desk.words()
    assert "new enforcement paused" not in desk.words()


def drawn(walk: Walk) -> bool:
    """Whether every picture of the page is there."""
    if not walk.script:
        return walk.page.locator("main img").count() > 0
    walk.page.wait_for_load_state("networkidle")
    sizes = "Array.from(document.querySelectorAll('main img'), it => it.naturalWidth)"
    return min(walk.page.evaluate(sizes), default=0) > 0


def read_decision(payor: Walk, number: str) -> None:
    """The request's page and the letter tell the last day for a judge; the file is there."""
    payor.open(f"/requests/{number}")
    words = payor.words()
    assert "We agree with part of it" in words
    assert JUDGE_BY in words
    assert "new enforcement paused" not in words
    payor.follow("Decision on your request")
    payor.see("Decision on your request")
    words = payor.words()
    for told in (JUDGE_BY, "asks no fee", "$130.00", *(line[-1] for line in LINES)):
        assert told in words, told
    with payor.page.expect_download() as saving:
        payor.page.get_by_role("link", name="Save this letter as PDF").click()
    assert Path(saving.value.path()).read_bytes().startswith(b"%PDF")
    payor.open(f"/requests/{number}")
    assert "not opened yet" not in payor.page.locator("li", has_text="Decision on").inner_text()


def exported(live: LivePortal, number: str, folder: Path) -> None:
    """The agency is handed the outcome of each line, once."""
    export(live.context, folder / "out", after=0)
    lines = (folder / "out/submissions.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["submission"] == number]
    names = [row["event"] for row in rows]
    assert names.count("decided") == 1
    assert names.index("stay_began") < names.index("decided")
    assert "stay_ended" in names
    fields: dict[str, Any] = next(row["fields"] for row in rows if row["event"] == "decided")
    assert [it["outcome"] for it in fields["lines"]] == [line[2] for line in LINES]
    assert [it["reason"] for it in fields["lines"]] == [line[4] for line in LINES]
