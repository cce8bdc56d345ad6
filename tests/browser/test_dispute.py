"""A line that a payor does not agree with, through both sides: found month by month, asked about in
time, decided by itself, and read. And a question about it, answered in writing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.feeds.load import load
from portal.security.permissions import StaffRole
from tests.browser.steps import Walk
from tests.browser.test_devices import sign_in
from tests.browser.test_main_job import number_shown
from tests.support.accounts import TestAccount, make_account
from tests.support.extract import one_family
from tests.support.live import LivePortal
from tests.support.staff import make_staff

pytestmark = pytest.mark.browser
INTEREST = "Interest of October 31, 2026: $3.50"
REASON = "Less than $500 was past due. We take it off."
ANSWER = "It is charged at the end of a month."


@dataclass
class Sides:
    payor: Walk
    desk: Walk


@pytest.fixture(
    params=[(1280, True), (360, True), (1280, False)], ids=["script", "phones", "no-script"]
)
def sides(
    request: pytest.FixtureRequest, chromium: Browser, live: LivePortal, tmp_path: Path
) -> Iterator[Sides]:
    """The payor's phone and the caseworker's browser, both signed in."""
    staff_wide, script = request.param
    builder = one_family().builder
    builder.charge("C1", "2026-10-31", "3.50", category="interest")
    builder.settle()
    load(live.context, builder.write(tmp_path / "extract"))
    payor = Walk(chromium, live, width=360, script=script)
    desk = Walk(chromium, live, width=staff_wide, script=script)
    signing: list[tuple[Walk, TestAccount]] = [
        (payor, make_account(live.context, participant_id="P", email="morgan@mail.example")),
        (desk, make_staff(live.context, StaffRole.CASEWORKER)),
    ]
    for walk, account in signing:
        sign_in(walk, account)
    yield Sides(payor, desk)
    payor.close()
    desk.close()


def test_from_a_line_to_its_decision(sides: Sides) -> None:
    payor, desk = sides.payor, sides.desk
    to_dispute(payor)
    number = ask_for_review(payor)
    to_line(payor)
    assert number in payor.words()
    assert "new enforcement paused" in payor.words()

    take(desk, number)
    assert INTEREST in desk.words()
    assert "in our record" in desk.words()
    decide(desk, number)

    payor.open(f"/requests/{number}")
    assert "We agree with you" in payor.words()
    payor.follow("Decision on your request")
    payor.see("Decision on your request")
    for told in (INTEREST, "We agree", REASON):
        assert told in payor.words(), told
    assert payor.complaints + desk.complaints == []


def test_from_a_line_to_the_answer_of_a_question(sides: Sides) -> None:
    payor, desk = sides.payor, sides.desk
    to_dispute(payor)
    payor.tick("Just ask a question about it")
    payor.press("Continue")
    payor.see("Ask a question")
    assert INTEREST in payor.words()
    payor.page.locator("[name=words]").fill("Why is there interest?")
    payor.press("Continue")
    payor.see("Check your question")
    payor.press("Send")
    payor.see("We have your question")
    number = number_shown(payor)

    take(desk, number)
    desk.follow("Answer")
    desk.see(f"Answer question {number}")
    assert "Why is there interest?" in desk.words()
    desk.page.locator("[name=words]").fill(ANSWER)
    desk.press("Send the answer")
    desk.see(f"Question {number}")
    assert "Answered" in desk.words()

    payor.open(f"/requests/{number}")
    payor.see(f"Question {number}")
    assert ANSWER in payor.words()
    payor.follow("Answer to your question")
    payor.see("Answer to your question")
    assert ANSWER in payor.words()
    assert payor.complaints + desk.complaints == []


def to_line(payor: Walk) -> None:
    """From the case's first page, by the month, to the line."""
    payor.open("/cases")
    payor.follow("How we got here")
    payor.see("How we got here")
    payor.page.locator("main a[href$='/how-we-got-here/2026-10']").first.click()
    payor.page.wait_for_load_state()
    payor.see("October 2026")
    payor.page.locator("main a[href*='/lines/']", has_text="nterest").first.click()
    payor.page.wait_for_load_state()
    payor.check()


def to_dispute(payor: Walk) -> None:
    to_line(payor)
    payor.follow("I don’t agree with this line")
    payor.see("I don’t agree with this")
    assert INTEREST in payor.words()


def ask_for_review(payor: Walk) -> str:
    """In time, with what is proposed; the number."""
    payor.tick("Ask for a review that answers the notice")
    payor.press("Continue")
    payor.see("What is wrong?")
    assert INTEREST in payor.words()
    payor.press("Continue")
    payor.see("Payments you say were made")
    payor.press("Continue")
    payor.see("Papers and photos")
    payor.press("Continue")
    payor.see("Check your answers")
    assert "You are in time" in payor.words()
    payor.press("Send")
    payor.see("We have your request")
    return number_shown(payor)


def take(desk: Walk, number: str) -> None:
    desk.open(f"/staff/requests/{number}")
    desk.press("Take it")
    desk.open(f"/staff/requests/{number}")


def decide(desk: Walk, number: str) -> None:
    desk.follow("Decide")
    desk.see(f"Decide request {number}")
    rows = desk.page.locator(".work-line")
    assert rows.count() == 1, "the ground that it stands for is not asked again"
    assert "1. " + INTEREST in rows.nth(0).inner_text()
    rows.nth(0).locator("label", has_text="Granted").first.click()
    rows.nth(0).locator("textarea").fill(REASON)
    desk.press("Save and see the letter")
    desk.see("The letter, before it is sent")
    desk.press("Decide and send the letter")
    desk.see(f"Administrative review {number}")
    assert "granted" in desk.words()
